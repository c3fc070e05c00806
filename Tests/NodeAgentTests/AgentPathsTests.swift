import Logging
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization
import Testing

/// What the loop does with the proofs of the paths to other nodes.
@Suite struct AgentPathsTests {
  /// Proofs whose record the test sets, and which keep what the agent allows them.
  private final class Paths: PathProofs {
    struct State {
      var record: PathRecord? = .notProved("the first round of proofs is not over")
      var echoFailure: String?
      var allowed: [Bool] = []
    }

    let state = Mutex(State())

    var record: PathRecord? { state.withLock(\.record) }
    var echoFailure: String? { state.withLock(\.echoFailure) }

    func allow(_ isLoaded: Bool) { state.withLock { $0.allowed.append(isLoaded) } }

    func finish(_ reasons: PathReason...) {
      let readings = reasons.enumerated().map { number, reason in
        PathReading(
          target: "agents:9133", address: "10.0.0.\(number)", reason: reason, message: "m",
          seconds: reason == .proved ? 0.001 : nil, at: Timestamp(milliseconds: 4_000_000_000_000))
      }
      state.withLock { $0.record = PathRecord(round: readings) }
    }
  }

  private static func proved(_ document: StatusDocument?) -> Condition? {
    document?.conditions.first { $0.type == .pathsProved }
  }

  @Test func `without proofs there are neither paths nor a condition`() throws {
    let (documents, _) = try runAgent(NodeInMemory(), [])
    #expect(documents.last?.paths.isEmpty == true)
    #expect(Self.proved(documents.last) == nil)
  }

  @Test func `proofs are allowed once sctp is loaded, and until then not known`() throws {
    let paths = Paths()
    let (documents, _) = try runAgent(NodeInMemory(), [], paths: paths)
    #expect(paths.state.withLock(\.allowed) == [true])
    #expect(Self.proved(documents.last)?.status == .unknown)
    #expect(Self.proved(documents.last)?.reason == .notProved)
    let blocked = Paths()
    _ = try runAgent(NodeInMemory(.refuses("EPERM")), [], paths: blocked)
    #expect(blocked.state.withLock(\.allowed).last == false)
  }

  @Test func `a round is published at once, with no pass, and does not count for Ready`() throws {
    let paths = Paths()
    let mark = CountingMark()
    var begun: [Int] = []
    let (documents, said) = try runAgent(
      NodeInMemory(),
      [
        (
          [.pathsChanged],
          {
            begun.append(mark.begun.add(0)); paths.finish(.noAnswer, .proved)
          }
        ),
        (
          [.pathsChanged],
          {
            begun.append(mark.begun.add(0)); paths.finish(.proved, .proved)
          }
        ),
      ], progress: mark, paths: paths)
    #expect(documents.count == 3)
    #expect(begun.count == 2 && begun[0] == begun[1] && mark.begun.add(0) == begun[0])
    #expect(documents.map(\.ready) == [true, true, true])
    #expect(documents.map { Self.proved($0)?.status } == [.unknown, .no, .yes])
    #expect(
      Self.proved(documents[1])?.message.hasPrefix("1 of 2 paths fail; agents:9133 at 10.0.0.0: NoAnswer") == true)
    #expect(documents[1].paths.map(\.ok) == [false, true])
    #expect(documents[1].conditions.last?.type == .pathsProved)
    #expect(documents[2].recent.contains { $0.what == .path })
    #expect(Set(said.filter { if case .status = $0 { true } else { false } }).count == 1)
  }

  @Test func `the loop does not rest after a round, because answers would wait for what it gives back`() throws {
    let paths = Paths()
    var rests = 0
    _ = try runAgent(
      NodeInMemory(), [([.pathsChanged], { paths.finish(.proved) }), ([.pathsChanged], { paths.finish(.refused) })],
      paths: paths, rest: { rests += 1 })
    #expect(rests == 1)
  }

  @Test func `a pass keeps what the last round has found`() throws {
    let paths = Paths()
    let node = NodeInMemory()
    let (documents, _) = try runAgent(
      node,
      [
        ([.pathsChanged], { paths.finish(.refused) }), ([.filesChanged], { node.files.plant(blacklist, "drift\n") }),
      ], paths: paths)
    #expect(documents.last?.paths.map(\.reason) == [.refused])
    #expect(documents.last?.drift.total == 1)
  }

  @Test func `a round that ends with other events loses neither`() throws {
    let paths = Paths()
    let node = NodeInMemory()
    let (documents, _) = try runAgent(
      node,
      [
        (
          [.pathsChanged, .filesChanged],
          {
            paths.finish(.proved)
            node.files.plant(blacklist, "drift\n")
          }
        )
      ], paths: paths)
    #expect(Self.proved(documents.last)?.status == .yes)
    #expect(try node.text(blacklist) == "")
  }

  @Test func `proofs end with the module`() throws {
    let paths = Paths()
    let node = NodeInMemory()
    _ = try runAgent(
      node,
      [
        (
          [.modulesChanged],
          {
            node.sys.takeAway("/module/sctp")
            node.kernel.set(ModuleName("sctp"), to: .refuses("EPERM"))
          }
        )
      ], paths: paths)
    #expect(paths.state.withLock(\.allowed) == [true, false])
  }

  @Test func `an echo server that cannot listen is a note`() throws {
    let paths = Paths()
    let failure = "the echo server does not listen on :9133: bind: taken"
    let (documents, _) = try runAgent(
      NodeInMemory(),
      [
        ([.pathsChanged], { paths.state.withLock { $0.echoFailure = failure } }),
        ([.pathsChanged], { paths.state.withLock { $0.echoFailure = nil } }),
      ], paths: paths)
    #expect(documents.map { $0.notes.contains(failure) } == [false, true, false])
  }

  @Test func `each change of a path is a line with its fields`() throws {
    let paths = Paths()
    let lines = KeptLog.Lines()
    _ = try runAgent(
      NodeInMemory(),
      [
        ([.pathsChanged], { paths.finish(.proved) }), ([.pathsChanged], { paths.finish(.noAnswer) }),
        ([.pathsChanged], { paths.finish(.noAnswer) }),
      ], log: lines, paths: paths)
    let all = lines.all.withLock(\.self)
    let places = all.indices.filter { all[$0].contains("path to") }
    #expect(places.map { all[$0] } == ["warning path to agents:9133 at 10.0.0.0: NoAnswer: m"])
    let fields = lines.fields.withLock(\.self)
    #expect(places.map { fields[$0] } == [["target": "agents:9133", "address": "10.0.0.0", "reason": "NoAnswer"]])
  }
}
