import Reconcile
import Testing

@testable import NodeAgent

@Suite struct PathLogTests {
  private struct Paths: PathProofs {
    var record: PathRecord?
    var echoFailure: String?

    func allow(_ isLoaded: Bool) {}
  }

  private static func round(_ reasons: [PathReason]) -> Paths {
    Paths(
      record: PathRecord(
        round: reasons.enumerated().map { number, reason in
          PathReading(
            target: "agents:9133", address: "10.0.0.\(number)", reason: reason, message: "m",
            at: Timestamp(milliseconds: 0))
        }))
  }

  private static func lines(_ log: inout PathLog, _ paths: Paths) -> [String] {
    log.news(of: paths).map { "\($0.level) \($0.line)" }
  }

  @Test func `a path that was proved from the start is not worth a line`() {
    var log = PathLog()
    #expect(Self.lines(&log, Self.round([.proved, .proved])).isEmpty)
  }

  @Test func `a path that fails and recovers is one line each, however many rounds there are`() {
    var log = PathLog()
    _ = Self.lines(&log, Self.round([.proved, .proved]))
    #expect(
      Self.lines(&log, Self.round([.proved, .noAnswer])) == ["warning path to agents:9133 at 10.0.0.1: NoAnswer: m"])
    #expect(Self.lines(&log, Self.round([.proved, .noAnswer])).isEmpty)
    #expect(
      Self.lines(&log, Self.round([.proved, .refused])) == ["warning path to agents:9133 at 10.0.0.1: Refused: m"])
    #expect(Self.lines(&log, Self.round([.proved, .proved])) == ["notice path to agents:9133 at 10.0.0.1: Proved: m"])
  }

  @Test func `many changes in one round are one line`() {
    var log = PathLog()
    let failing = Array(repeating: PathReason.noAnswer, count: 20)
    #expect(
      Self.lines(&log, Self.round(failing)) == [
        "warning 20 of 20 paths fail; agents:9133 at 10.0.0.0: NoAnswer: m"
      ])
    #expect(
      Self.lines(&log, Self.round(Array(repeating: .proved, count: 20))) == ["notice 0 of 20 paths fail"])
  }

  @Test func `a round that says nothing about now changes nothing`() {
    var log = PathLog()
    _ = Self.lines(&log, Self.round([.noAnswer]))
    #expect(Self.lines(&log, Paths(record: .notProved("w"))).isEmpty)
    #expect(Self.lines(&log, Self.round([.noAnswer])).isEmpty)
  }

  @Test func `an echo server that does not listen is said once, and when it listens again`() {
    var log = PathLog()
    #expect(Self.lines(&log, Paths(echoFailure: "taken")) == ["error taken"])
    #expect(Self.lines(&log, Paths(echoFailure: "taken")).isEmpty)
    #expect(Self.lines(&log, Paths()) == ["notice the echo server listens"])
  }
}
