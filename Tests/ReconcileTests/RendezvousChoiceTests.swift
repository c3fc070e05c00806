import Testing

@testable import Reconcile

@Suite struct RendezvousChoiceTests {
  private static let addresses = (0..<1000).map { "10.\(128 + $0 / 200).\($0 % 200).7" }

  @Test func `the rank is the same on every platform`() {
    #expect(RendezvousChoice.rank(of: "10.128.2.7", for: "worker-0") == 0xe390_06cd_8940_cd9b)
    #expect(RendezvousChoice.rank(of: "10.128.2.8", for: "worker-0") == 0xa55e_7ae0_1890_8a71)
    #expect(RendezvousChoice.rank(of: "10.128.2.7", for: "worker-1") == 0xf972_90e1_cf52_69b3)
    #expect(RendezvousChoice.rank(of: "", for: "") == 0xb903_4ad3_7056_f5fb)
  }

  @Test func `up to the limit every address is taken, each once`() {
    #expect(RendezvousChoice.of(["b", "a", "b"], by: "n", limit: 2) == ["a", "b"])
    #expect(RendezvousChoice.of([], by: "n", limit: 2).isEmpty)
    #expect(RendezvousChoice.of(Self.addresses.shuffled(), by: "n", limit: 1000) == Self.addresses.sorted())
  }

  @Test func `the order in which addresses come does not matter`() {
    let choice = RendezvousChoice.of(Self.addresses, by: "worker-7", limit: 16)
    #expect(choice.count == 16)
    #expect(RendezvousChoice.of(Self.addresses.reversed(), by: "worker-7", limit: 16) == choice)
  }

  @Test func `an address that goes changes at most its own place`() {
    for node in ["worker-0", "worker-1", "worker-2"] {
      let before = Set(RendezvousChoice.of(Self.addresses, by: node, limit: 16))
      for gone in Self.addresses {
        let after = Set(RendezvousChoice.of(Self.addresses.filter { $0 != gone }, by: node, limit: 16))
        #expect(before.subtracting(after) == before.intersection([gone]))
        #expect(after.subtracting(before).count == (before.contains(gone) ? 1 : 0))
      }
    }
  }

  @Test func `an address that comes takes at most one place`() {
    let before = Set(RendezvousChoice.of(Self.addresses, by: "worker-0", limit: 16))
    var places = 0
    for number in 0..<500 {
      let new = "fd00::\(number)"
      let after = Set(RendezvousChoice.of(Self.addresses + [new], by: "worker-0", limit: 16))
      #expect(after.subtracting(before).isSubset(of: [new]))
      #expect(before.subtracting(after).count == (after.contains(new) ? 1 : 0))
      places += after.contains(new) ? 1 : 0
    }
    #expect((1...40).contains(places))
  }

  @Test(
    arguments: [
      { "worker-\($0)" }, { "ip-10-0-\($0 / 250)-\($0 % 250).eu-west-1.compute.internal" },
      { "node\($0 + 1000)" },
    ] as [@Sendable (Int) -> String])
  func `each of 1,000 addresses is proved by 4 to 40 of 1,000 agents`(_ name: @Sendable (Int) -> String) {
    var provers: [String: Int] = [:]
    for number in 0..<1000 {
      let others = Self.addresses.filter { $0 != Self.addresses[number] }
      for address in RendezvousChoice.of(others, by: name(number), limit: 16) { provers[address, default: 0] += 1 }
    }
    #expect(provers.count == 1000)
    #expect(provers.values.allSatisfy { (4...40).contains($0) })
  }
}
