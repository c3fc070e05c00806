import Glibc
import LinuxNode
import NodeTesting
import Reconcile
import Testing

@Suite struct LinuxFilesTests {
  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing)
  func linuxKeepsTheContract(_ contract: NodeFilesContract) throws { try contract.check(TemporaryRoot()) }

  /// As on a kernel before 5.6, behind a filter, or where somebody moves directories about meanwhile.
  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing, [ENOSYS, EPERM, EAGAIN, EXDEV])
  func theContractNeedsNoOpenat2(_ contract: NodeFilesContract, _ errno: Int32) throws {
    try contract.check(TemporaryRoot(calls: RecordingCalls(.every("openInRoot", errno: errno))))
  }

  @Test func openat2IsNotAskedAgainWhereThereIsNone() throws {
    let calls = RecordingCalls(.every("openInRoot", errno: ENOSYS))
    let root = TemporaryRoot(calls: calls)
    root.plant("/etc/a", "a")
    for _ in 0..<3 { #expect(try root.read("/etc/a", limit: 10) == Array("a".utf8)) }
    #expect(calls.calls.count { $0.name == "openInRoot" } == 1)
  }

  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing)
  func memoryKeepsTheContract(_ contract: NodeFilesContract) throws { try contract.check(InMemoryFiles()) }

  @Test(arguments: NodeFixture.own, UnblockPolicy.allCases)
  func theLawsHoldOnLinux(on fixture: NodeFixture, _ policy: UnblockPolicy) throws {
    try NodeLaws.check(fixture, on: TemporaryRoot(), policy)
  }
}
