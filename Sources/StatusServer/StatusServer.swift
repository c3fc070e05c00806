import Glibc
package import Linux

/// Serves the published snapshot over HTTP/1.1 on one thread.
package struct StatusServer: Sendable {
  private let listeners: [Listener]
  private let board: StatusBoard
  private let limits: ServerLimits
  private let descriptorLimit: Int
  private let poller: Poller
  private let stopSignal: EventDescriptor

  /// Raises the process's limit of open files to what the connections need, as far as allowed. If that is not enough,
  /// clients wait until there is room.
  package init(listeners: [Listener], board: StatusBoard, limits: ServerLimits = ServerLimits()) throws(SocketFailure) {
    self.listeners = listeners
    self.board = board
    self.limits = limits
    descriptorLimit = Self.descriptorLimit(wanted: limits.maxConnections)
    poller = try Poller()
    stopSignal = try EventDescriptor.make()
    try EventLoop.watch(poller, listeners, board, stopSignal)
  }

  /// Serves on the calling thread until `stop`. Call it once.
  package func run() {
    let loop = EventLoop(
      poller: poller, listeners: listeners, board: board, stop: stopSignal, limits: limits,
      descriptorLimit: descriptorLimit)
    loop.run()
  }

  /// Makes `run` return soon, and `StatusBoard.awaitNews` before it. Any thread may call it.
  package func stop() {
    stopSignal.signal()
    // A first pass that is stopped publishes nothing.
    board.news.signal()
  }

  /// Serves on a new thread, which receives no signals.
  ///
  /// - Parameter prepare: called on that thread before it serves, for example to give up capabilities.
  /// - Throws: if no more threads are allowed.
  package func start(preparing prepare: @escaping @Sendable () -> Void = {}) throws(PosixThread.Failure) -> PosixThread
  {
    try PosixThread(named: "http") {
      prepare()
      run()
    }
  }

  /// Returns the number of connections that leaves the rest of the process 64 descriptors, or a quarter of a low limit.
  private static func descriptorLimit(wanted: Int) -> Int {
    let reserve = 64
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return wanted }
    let needed = rlim_t(wanted + reserve)
    if limit.rlim_cur < needed {
      limit.rlim_cur = min(needed, limit.rlim_max)
      setrlimit(resource, &limit)
      getrlimit(resource, &limit)
    }
    let available = Int(clamping: limit.rlim_cur)
    // A process may start with many open files, such as those that its parent left open.
    let kept = max(min(reserve, available / 4), openDescriptors(below: available) + reserve / 4)
    return max(1, available - kept)
  }

  /// Returns how many of the descriptors from 0 to `limit` are open, up to the first 1024 that are all closed: the kernel
  /// always opens the lowest. It needs no procfs.
  static func openDescriptors(below limit: Int) -> Int {
    var total = 0
    for first in stride(from: 0, to: limit, by: 1024) {
      var some = (first..<min(first + 1024, limit)).map { pollfd(fd: Int32(clamping: $0), events: 0, revents: 0) }
      guard poll(&some, nfds_t(some.count), 0) >= 0 else { break }
      let open = some.count { Int32($0.revents) & Int32(POLLNVAL) == 0 }
      guard open > 0 else { break }
      total += open
    }
    return total
  }
}
