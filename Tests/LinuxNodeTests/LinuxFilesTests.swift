import LinuxNode
import NodeTesting
import Reconcile
import Testing

@Suite struct LinuxFilesTests {
  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing)
  func linuxKeepsTheContract(_ contract: NodeFilesContract) throws { try contract.check(TemporaryRoot()) }

  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing)
  func memoryKeepsTheContract(_ contract: NodeFilesContract) throws { try contract.check(InMemoryFiles()) }

  @Test(arguments: NodeFixture.own, UnblockPolicy.allCases)
  func theLawsHoldOnLinux(on fixture: NodeFixture, _ policy: UnblockPolicy) throws {
    try NodeLaws.check(fixture, on: TemporaryRoot(), policy)
  }
}
