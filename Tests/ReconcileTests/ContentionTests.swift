import Testing

@testable import Reconcile

@Suite struct ContentionTests {
  @Test func `more than five repairs in a minute contend`() {
    var contention = Contention()
    for second in 0..<5 { contention.repaired("/a", at: .seconds(second)) }
    #expect(contention.contended.isEmpty)
    contention.repaired("/a", at: .seconds(5))
    #expect(contention.contended == ["/a"])
    #expect(!contention.mayRepair("/a", at: .seconds(6)))
    #expect(contention.mayRepair("/a", at: .seconds(35)))
  }

  @Test func `slow drift never contends`() {
    var contention = Contention()
    for minute in 0..<20 { contention.repaired("/a", at: .seconds(minute * 15)) }
    #expect(contention.contended.isEmpty)
  }

  @Test func `repairs of a contended path back-off to five minutes`() {
    var contention = Contention()
    for second in 0..<6 { contention.repaired("/a", at: .seconds(second)) }
    var now = Duration.seconds(5)
    var delays: [Duration] = []
    for _ in 0..<6 {
      let next = contention.nextLook(after: now) ?? now
      delays.append(next - now)
      now = next
      contention.repaired("/a", at: now)
    }
    #expect(delays == [30, 60, 120, 240, 300, 300].map { .seconds($0) })
  }

  @Test func `a path that nothing changes is no longer contended`() {
    var contention = Contention()
    for second in 0..<6 { contention.repaired("/a", at: .seconds(second)) }
    #expect(contention.settle(drifted: [], at: .seconds(60)) == [])
    #expect(contention.settle(drifted: ["/a"], at: .seconds(95)) == [])
    #expect(contention.settle(drifted: [], at: .seconds(95)) == ["/a"])
    #expect(contention.contended.isEmpty)
  }

  @Test func `a contended path whose repair fails does not cause passes for ever`() {
    var contention = Contention()
    for second in 0..<6 { contention.repaired("/a", at: .seconds(second)) }
    #expect(contention.nextLook(after: .seconds(5)) == .seconds(35))
    // The back-off is over, and nothing came of it: the quiet period, and then nothing.
    #expect(contention.nextLook(after: .seconds(35)) == .seconds(95))
    #expect(contention.settle(drifted: ["/a"], at: .seconds(95)) == [])
    #expect(contention.nextLook(after: .seconds(95)) == nil)
    contention.seenDrifted("/a", at: .seconds(200))
    #expect(contention.nextLook(after: .seconds(200)) == .seconds(260))
  }

  @Test func `new names are forgotten and a contention is not`() {
    var contention = Contention()
    let planned = [TrackedFile(path: "/declared", owner: .intent, contents: [], mode: nil, drift: nil)]
    for turn in 0..<10_000 {
      let now = Duration.milliseconds(turn)
      if turn.isMultiple(of: 10) { contention.repaired("/fight", at: now) }
      contention.repaired("/made-up/\(turn)", at: now)
      contention.repaired("/declared", at: now)
      _ = contention.settle(drifted: [], planned: planned, at: now)
    }
    #expect(contention.count <= 2 * PathMemory<Int>.pastLimit + 1)
    #expect(contention.contended == ["/declared", "/fight"])
  }
}
