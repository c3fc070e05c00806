import Glibc

extension EventDescriptor {
  /// Blocks until it is signalled, or until the time is over; nil waits for ever. Takes the signal.
  func wait(atMost limit: Duration?) {
    var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&descriptors, 1, limit?.pollMilliseconds ?? -1) > 0 { drain() }
  }
}
