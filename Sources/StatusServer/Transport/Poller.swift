import CLinux
import Glibc

/// An epoll instance.
final class Poller: Sendable {
  /// What an event says of its descriptor.
  struct Readiness {
    let mask: UInt32

    var readable: Bool { mask & EPOLLIN.rawValue != 0 }
    /// The other side will send no more, or the connection is gone: the next read tells.
    var ended: Bool { mask & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
    /// Nothing can be sent any more either.
    var broken: Bool { mask & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
  }

  private let descriptor: Int32

  /// Throws where the process may open no more files.
  init() throws(SocketFailure) {
    let descriptor = CLinux_epoll_create()
    guard descriptor >= 0 else {
      throw SocketFailure("make an epoll instance", errno: -descriptor, remedy: "raise the limit of open files")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reports for as long as there is something to read.
  func watchLevel(_ watched: Int32, token: UInt64) throws(SocketFailure) {
    let status = CLinux_epoll_add(descriptor, watched, EPOLLIN.rawValue, token)
    guard status == 0 else { throw SocketFailure("watch descriptor \(watched)", errno: -status) }
  }

  /// Reports nothing until `resumeLevel`.
  func pauseLevel(_ watched: Int32, token: UInt64) { _ = CLinux_epoll_modify(descriptor, watched, 0, token) }

  func resumeLevel(_ watched: Int32, token: UInt64) {
    _ = CLinux_epoll_modify(descriptor, watched, EPOLLIN.rawValue, token)
  }

  private static let edges = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue

  /// Reports once each time something new can be read. Returns false where the kernel has no room.
  func watchEdges(_ watched: Int32, token: UInt64) -> Bool {
    CLinux_epoll_add(descriptor, watched, Self.edges, token) == 0
  }

  /// Reports from now on also each time it becomes possible to write again.
  func watchEdgesOfOutput(_ watched: Int32, token: UInt64) {
    _ = CLinux_epoll_modify(descriptor, watched, Self.edges | EPOLLOUT.rawValue, token)
  }

  /// Blocks until something is reported or the time is over; -1: no time. A signal ends it with 0.
  func wait(_ events: UnsafeMutableBufferPointer<epoll_event>, milliseconds: Int32) -> Int {
    max(0, Int(CLinux_epoll_wait(descriptor, events.baseAddress, Int32(events.count), milliseconds)))
  }
}
