import Testing

@testable import Reconcile

@Suite struct PathsProvedTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private static func reading(_ address: String, _ reason: PathReason) -> PathReading {
    PathReading(
      target: "agents:9133", address: address, reason: reason, message: "m", seconds: reason == .proved ? 1 : nil,
      at: now)
  }

  private static let record = PassRecord(desired: nil, node: nil, plan: nil, at: now)

  private static let identity = AgentIdentity(
    node: "n", version: "0", mode: "manual", pid: 1, startedAt: now, policy: .blacklist, observeOnly: false)

  @Test func `every path proved is True`() {
    let condition = Condition(PathRecord(round: [Self.reading("a", .proved), Self.reading("b", .proved)]))
    #expect(condition.status == .yes)
    #expect(condition.message == "2 paths proved")
  }

  @Test func `one failing path is False, and the message counts and names the first`() {
    let condition = Condition(
      PathRecord(round: [Self.reading("c", .proved), Self.reading("b", .refused), Self.reading("a", .noAnswer)]))
    #expect(condition.status == .no)
    #expect(condition.message == "2 of 3 paths fail; agents:9133 at a: NoAnswer: m")
  }

  @Test func `a name without an address is named without one`() {
    let condition = Condition(PathRecord(round: [Self.reading("", .notResolved)]))
    #expect(condition.message == "1 of 1 paths fail; agents:9133: NotResolved: m")
  }

  @Test func `no peers and no round are Unknown`() {
    #expect(Condition(PathRecord(round: [])).status == .unknown)
    let condition = Condition(.notProved("why"))
    #expect(condition.status == .unknown)
    #expect(condition.message == "why")
  }

  @Test func `the condition is there only where paths are to be proved, follows Ready and does not count for it`() {
    var history = History()
    let without = StatusDocument(Self.record, agent: Self.identity, history: &history)
    #expect(without.conditions.last?.type == .ready)
    #expect(without.paths.isEmpty)
    var with = without
    with.update(PathRecord(round: [Self.reading("a", .noAnswer)]), history: &history, at: Self.now)
    #expect(with.conditions.map(\.type) == without.conditions.map(\.type) + [.pathsProved])
    #expect(with.reason == without.reason && with.ready == without.ready)
    #expect(with.paths.map(\.reason) == [.noAnswer])
  }

  @Test func `a new round replaces the last and moves the condition's time only with its status`() {
    var history = History()
    var document = StatusDocument(Self.record, agent: Self.identity, history: &history)
    document.update(.notProved("not yet"), history: &history, at: Self.now)
    let others = Array(document.conditions.dropLast())
    let later = (1...3).map { Self.now.adding(seconds: $0) }
    document.update(PathRecord(round: [Self.reading("a", .proved)]), history: &history, at: later[0])
    document.update(PathRecord(round: [Self.reading("b", .proved)]), history: &history, at: later[1])
    #expect(document.paths.map(\.address) == ["b"])
    #expect(document.conditions.last?.lastTransitionTime == later[0].description)
    document.update(PathRecord(round: [Self.reading("b", .refused)]), history: &history, at: later[2])
    #expect(document.conditions.last?.lastTransitionTime == later[2].description)
    #expect(Array(document.conditions.dropLast()) == others)
  }
}
