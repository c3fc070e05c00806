import LinuxNode
import Synchronization
import Testing

@Suite struct CapabilitiesTests {
  /// The effective ones of the calling thread, as proc(5) tells them; nil: it does not.
  private static func effective() -> Substring? {
    let status = try? LinuxFiles(root: "/proc").read("/thread-self/status", limit: 65536)
    return String(decoding: status ?? [], as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("CapEff:") }?
      .dropFirst(7).drop { $0 == "\t" }
  }

  @Test func aThreadGivesUpItsCapabilitiesAloneAndForGood() throws {
    let before = try #require(Self.effective())
    let after = Mutex<Substring?>(nil)
    BackgroundThread {
      try? Capabilities.dropAll()
      after.withLock { $0 = Self.effective() }
    }.join()
    #expect(after.withLock { $0 } == "0000000000000000")
    #expect(Self.effective() == before)
  }
}
