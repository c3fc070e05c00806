/// All connections, and the deadline of each.
struct ConnectionTable {
  /// What a connection waits for, in the order in which connections are closed to make room.
  enum Phase: UInt8, Comparable {
    /// The next request.
    case idle
    /// The client to close, after its last answer.
    case lingering
    /// The rest of a request.
    case reading
    /// The client to receive an answer.
    case writing
    /// The node to become Ready.
    case waiting
    case free

    static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
  }

  /// Stored apart from the connections, so that a search through ten thousand of them stays in the cache.
  private struct Timer {
    var phase: Phase
    /// When the phase began, in nanoseconds of the loop's clock.
    var since: Int64
    var deadline: Int64
  }

  private var connections: [Connection] = []
  private var timers: [Timer] = []
  private var freeSlots: [Int] = []
  /// No deadline is earlier than this. It is `Int64.max` if there is no deadline.
  private(set) var nextDeadline = Int64.max

  var count: Int { connections.count - freeSlots.count }

  /// Returns a connection for a new client, in phase `free`.
  mutating func take() -> Connection {
    if let slot = freeSlots.popLast() { return connections[slot] }
    let connection = Connection(slot: connections.count)
    connections.append(connection)
    timers.append(Timer(phase: .free, since: 0, deadline: .max))
    return connection
  }

  mutating func free(_ connection: Connection) {
    timers[connection.slot] = Timer(phase: .free, since: 0, deadline: .max)
    freeSlots.append(connection.slot)
  }

  /// Returns nil if the client that the token was made for is gone.
  func connection(_ token: UInt64) -> Connection? {
    let slot = Int(token & 0xFFFF_FFFF)
    guard slot < connections.count, connections[slot].token == token, connections[slot].descriptor >= 0 else {
      return nil
    }
    return connections[slot]
  }

  func phase(of connection: Connection) -> Phase { timers[connection.slot].phase }

  /// Returns when the phase began, in nanoseconds of the loop's clock.
  func beginning(of connection: Connection) -> Int64 { timers[connection.slot].since }

  /// Begins a phase, with times in nanoseconds of the loop's clock.
  mutating func set(_ connection: Connection, _ phase: Phase, now: Int64, deadline: Int64) {
    timers[connection.slot] = Timer(phase: phase, since: now, deadline: deadline)
    if deadline < nextDeadline { nextDeadline = deadline }
  }

  /// Returns the connections whose deadline has passed, and finds the next deadline.
  mutating func expired(at now: Int64) -> [Connection] {
    var expired: [Connection] = []
    nextDeadline = .max
    for (slot, timer) in timers.enumerated() {
      if timer.deadline <= now {
        expired.append(connections[slot])
      } else if timer.deadline < nextDeadline {
        nextDeadline = timer.deadline
      }
    }
    return expired
  }

  func all() -> [Connection] { timers.indices.filter { timers[$0].phase != .free }.map { connections[$0] } }

  func all(_ phase: Phase) -> [Connection] {
    timers.indices.filter { timers[$0].phase == phase }.map { connections[$0] }
  }

  /// Returns the connection to close when room is needed: of the lowest phase, the one that has been in it for longest.
  /// Returns nil if there are no connections.
  func mostDispensable() -> Connection? {
    var best: Int?
    for slot in timers.indices where timers[slot].phase != .free {
      guard let candidate = best else {
        best = slot
        continue
      }
      let (one, other) = (timers[slot], timers[candidate])
      if one.phase < other.phase || (one.phase == other.phase && one.since < other.since) { best = slot }
    }
    return best.map { connections[$0] }
  }
}
