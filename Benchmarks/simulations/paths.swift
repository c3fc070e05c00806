import Glibc

/// What a fleet of agents sees of a failure, by the choice that the agents really make. Rounds begin at random times,
/// as they do after the first gap.
@main
struct PathSimulation {
  static let rack = 20
  static let interval = 59.0
  static let timeout = 3.0
  static let trials = 2000

  let nodes: Int
  let limit: Int
  /// By node, the nodes that it proves.
  let proved: [[Int]]
  /// By node, the nodes that prove it.
  let provers: [[Int]]
  /// By node, when its next round begins.
  var phase: [Double]
  var random: Seeded

  static func main() {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let nodes = numbers.first ?? 10_000
    let limits = numbers.count > 1 ? Array(numbers.dropFirst()) : [16, 32, 64]
    print("\(nodes) nodes in racks of \(rack), an interval of 60 s; \(trials) failures of each kind\n")
    print("| limit | failure | seen | median | 99th percentile | worst | agents that see it, median |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for limit in limits {
      var simulation = PathSimulation(nodes: nodes, limit: limit)
      simulation.report()
    }
  }

  init(nodes: Int, limit: Int) {
    self.nodes = nodes
    self.limit = limit
    let addresses = (0..<nodes).map { "10.\(128 + $0 / 62500).\($0 / 250 % 250).\($0 % 250 + 2)" }
    let numbers = Dictionary(uniqueKeysWithValues: addresses.enumerated().map { ($1, $0) })
    var proved: [[Int]] = []
    var provers = [[Int]](repeating: [], count: nodes)
    for node in 0..<nodes {
      var others = addresses
      others.remove(at: node)
      let choice = RendezvousChoice.of(others, by: "worker-\(node)", limit: limit).compactMap { numbers[$0] }
      proved.append(choice)
      for other in choice { provers[other].append(node) }
    }
    self.proved = proved
    self.provers = provers
    var random = Seeded(state: 1)
    phase = (0..<nodes).map { _ in random.uniform() * Self.interval }
    self.random = random
  }

  mutating func report() {
    let counts = provers.map(\.count).sorted()
    row("a dead node") { simulation in
      let dead = simulation.random.below(simulation.nodes)
      return simulation.provers[dead]
    }
    row("a node whose packets out are dropped") { simulation in
      let mute = simulation.random.below(simulation.nodes)
      return simulation.provers[mute] + [mute]
    }
    row("a dropped pair of racks, or one way between them") { simulation in
      let racks = simulation.nodes / Self.rack
      let first = simulation.random.below(racks)
      let second = (first + 1 + simulation.random.below(racks - 1)) % racks
      return (0..<simulation.nodes / racks * 2).compactMap { number in
        let (own, other) = number % 2 == 0 ? (first, second) : (second, first)
        let node = own * Self.rack + number / 2
        return simulation.proved[node].contains { $0 / Self.rack == other } ? node : nil
      }
    }
    row("a zone of a third of the nodes cut off") { simulation in
      let third = simulation.nodes / 3
      return (0..<simulation.nodes).filter { node in
        simulation.proved[node].contains { ($0 < third) != (node < third) }
      }
    }
    print(
      "| \(limit) | *agents that prove an address* | \(counts[0]) to \(counts[counts.count - 1]) | "
        + "\(counts[counts.count / 2]) | | | |")
    print("| \(limit) | *series of `sctp_agent_path_*`* | \(2 * limit * nodes) | | | | |")
  }

  /// - Parameter failure: makes one, and returns the agents whose next round fails by it.
  private mutating func row(_ name: String, _ failure: (inout PathSimulation) -> [Int]) {
    var times: [Double] = []
    var agents: [Int] = []
    for _ in 0..<Self.trials {
      let seeing = failure(&self)
      agents.append(seeing.count)
      // The moment of the failure is random: so is how far each agent is in its interval.
      let moment = random.uniform() * Self.interval
      let waits = seeing.map { node in
        let wait = phase[node] - moment
        return (wait < 0 ? wait + Self.interval : wait) + Self.timeout
      }
      if let first = waits.min() { times.append(first) }
    }
    times.sort()
    agents.sort()
    func seconds(_ share: Double) -> String {
      guard let last = times.indices.last else { return "-" }
      return "\(Int(times[min(last, Int(Double(times.count) * share))].rounded(.up))) s"
    }
    let seen = Int((1000 * Double(times.count) / Double(Self.trials)).rounded())
    print(
      "| \(limit) | \(name) | \(seen / 10).\(seen % 10) % | \(seconds(0.5)) | \(seconds(0.99)) | \(seconds(1)) | "
        + "\(agents[agents.count / 2]) |")
  }
}

/// SplitMix64: the same numbers in every run.
struct Seeded {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func uniform() -> Double { Double(next() >> 11) / Double(1 << 53) }
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
