import FoundationEssentials
import Reconcile

/// The answers of the agents of a fleet: the result of `fleet`.
struct FleetReport: Encodable {
  /// The answer of one agent, or why there is none. A value that the agent did not report is null.
  struct Node: Encodable {
    /// The address as it was given.
    let address: String
    @Nullable var node: String?
    @Nullable var ready: Bool?
    @Nullable var reason: String?
    @Nullable var message: String?
    /// The time since which the node has been ready, or has not been.
    @Nullable var since: String?
    @Nullable var paths: Paths?
    @Nullable var error: String?
  }

  /// The number of proved paths that work.
  struct Paths: Codable, Hashable, Sendable {
    let proved: Int
    let total: Int
  }

  /// The worst first.
  let nodes: [Node]
  let ready: Int
  let notReady: Int
  let unreachable: Int

  init(_ nodes: [Node]) {
    self.nodes = nodes.sorted { ($0.rank, $0.node ?? "", $0.address) < ($1.rank, $1.node ?? "", $1.address) }
    ready = nodes.count { $0.ready == true }
    notReady = nodes.count { $0.ready == false }
    unreachable = nodes.count { $0.ready == nil }
  }
}

extension FleetReport.Node {
  /// The parts of an agent's `/status` that are read. Agents of other versions may report more or less.
  private struct Answer: Decodable {
    struct Condition: Decodable {
      let type: String
      let lastTransitionTime: String
    }

    struct Path: Decodable {
      let ok: Bool
    }

    let node: String?
    let ready: Bool
    let reason: String
    let message: String
    let conditions: [Condition]?
    let paths: [Path]?
  }

  init(address: String, error: String?) {
    self.address = address
    self.error = error
  }

  /// - Parameters:
  ///   - address: where the agent listens.
  ///   - body: the content of `/status`.
  init(address: String, body: [UInt8]) {
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else {
      self.init(address: address, error: "it answered, but not as an agent does; name the agents' own address and port")
      return
    }
    self.init(address: address, error: nil)
    node = answer.node
    ready = answer.ready
    reason = answer.reason
    message = answer.message
    since = answer.conditions?.first { $0.type == Condition.Kind.ready.rawValue }?.lastTransitionTime
    if let paths = answer.paths, !paths.isEmpty {
      self.paths = FleetReport.Paths(proved: paths.count { $0.ok }, total: paths.count)
    }
  }

  /// The rank of the row; a lower one is worse.
  fileprivate var rank: Int {
    switch ready {
    case nil: 0
    case false?: 1
    case true?: paths.map { $0.proved < $0.total } == true ? 2 : 3
    }
  }
}

// MARK: The table

extension FleetReport {
  private static let head = ["NODE", "READY", "REASON", "SINCE", "PATHS", "MESSAGE"]

  /// Returns the table and a line with the sums.
  ///
  /// - Parameters:
  ///   - width: the columns of the terminal, at least 80, to which the messages are cut; nil if they are not cut.
  ///   - now: the time up to which the ages count.
  func text(width: Int?, now: Timestamp) -> String {
    let rows = [Self.head] + nodes.map { $0.cells(now: now) }
    let last = Self.head.count - 1
    let widths = (0..<last).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      let start = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
        .joined(separator: "  ")
      let line = start + "  " + row[last]
      guard let width, line.count > max(width, 80) else { return line }
      return line.prefix(max(width, 80) - 1) + "…"
    }
    return lines.map { $0 + "\n" }.joined() + "\(ready) ready, \(notReady) not ready, \(unreachable) unreachable\n"
  }
}

extension FleetReport.Node {
  fileprivate func cells(now: Timestamp) -> [String] {
    [
      node ?? address, ready.map { $0 ? "True" : "False" } ?? "Unknown", reason ?? "Unreachable",
      since.flatMap { Age($0, at: now)?.description } ?? "-",
      paths.map { "\($0.proved)/\($0.total)" } ?? "-", error ?? message ?? "",
    ].map(\.printable)
  }
}
