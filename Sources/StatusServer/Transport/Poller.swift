import CLinux
import Glibc

/// An epoll instance.
final class Poller: Sendable {
  /// The state of a descriptor that an event reports.
  struct Readiness {
    let mask: UInt32

    var readable: Bool { mask & EPOLLIN.rawValue != 0 }
    /// The peer will send no more, or the connection is gone. The next read shows which.
    var ended: Bool { mask & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
    /// Nothing can be sent either.
    var broken: Bool { mask & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
  }

  private let descriptor: Int32

  /// Throws if the process may open no more files.
  init() throws(SocketFailure) {
    let descriptor = CLinux_epoll_create()
    guard descriptor >= 0 else {
      throw SocketFailure("create an epoll instance", errno: -descriptor, remedy: "raise the limit of open files")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reports the descriptor as long as there is something to read.
  func watchLevel(_ watched: Int32, token: UInt64) throws(SocketFailure) {
    let status = CLinux_epoll_add(descriptor, watched, EPOLLIN.rawValue, token)
    guard status == 0 else { throw SocketFailure("watch descriptor \(watched)", errno: -status) }
  }

  /// Stops reports until `resumeLevel`.
  func pauseLevel(_ watched: Int32, token: UInt64) { _ = CLinux_epoll_modify(descriptor, watched, 0, token) }

  func resumeLevel(_ watched: Int32, token: UInt64) {
    _ = CLinux_epoll_modify(descriptor, watched, EPOLLIN.rawValue, token)
  }

  private static let edges = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue

  /// Reports the descriptor once each time there is something new to read. Returns false if the kernel has no room.
  func watchEdges(_ watched: Int32, token: UInt64) -> Bool {
    CLinux_epoll_add(descriptor, watched, Self.edges, token) == 0
  }

  /// Reports, from now on, each time the descriptor becomes writable.
  func watchEdgesOfOutput(_ watched: Int32, token: UInt64) {
    _ = CLinux_epoll_modify(descriptor, watched, Self.edges | EPOLLOUT.rawValue, token)
  }

  /// Blocks until there is a report or the time is over; -1 means no limit. Returns 0 after a signal.
  func wait(_ events: UnsafeMutableBufferPointer<epoll_event>, milliseconds: Int32) -> Int {
    max(0, Int(CLinux_epoll_wait(descriptor, events.baseAddress, Int32(events.count), milliseconds)))
  }
}
