import LinuxNode
import NodeTesting
import Testing

@Suite struct LinuxFilesTests {
  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing)
  func linuxKeepsTheContract(_ contract: NodeFilesContract) throws { try contract.check(TemporaryRoot()) }

  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing)
  func memoryKeepsTheContract(_ contract: NodeFilesContract) throws { try contract.check(InMemoryFiles()) }
}
