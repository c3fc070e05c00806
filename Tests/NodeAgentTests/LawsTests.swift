import NodeTesting
import Reconcile
import Testing

@Suite struct LawsTests {
  @Test(arguments: NodeFixture.own, UnblockPolicy.allCases)
  func theLawsHold(on fixture: NodeFixture, _ policy: UnblockPolicy) throws {
    try NodeLaws.check(fixture, on: InMemoryFiles(), policy)
  }

  @Test(
    .needsCases("modprobe-real", "modprobe-variants", "modules-load-real", "machineconfig-real"),
    arguments: UnblockPolicy.allCases)
  func theLawsHoldOnRealConfigurations(_ policy: UnblockPolicy) throws {
    for fixture in try NodeFixture.ofSharedCases() {
      try NodeLaws.check(fixture, on: InMemoryFiles(), policy)
    }
  }
}
