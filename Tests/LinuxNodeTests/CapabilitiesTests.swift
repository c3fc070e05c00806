import LinuxNode
import Synchronization
import Testing

@Suite struct CapabilitiesTests {
  @Test func aThreadGivesUpItsCapabilitiesAloneAndForGood() throws {
    let before = try Capabilities.mayLoadModules()
    let after = Mutex<Bool?>(nil)
    BackgroundThread {
      try? Capabilities.dropAll()
      after.withLock { $0 = try? Capabilities.mayLoadModules() }
    }.join()
    #expect(after.withLock { $0 } == false)
    #expect(try Capabilities.mayLoadModules() == before)
  }
}
