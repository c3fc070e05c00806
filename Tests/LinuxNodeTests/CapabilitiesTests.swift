import Glibc
import LinuxNode
import NodeTesting
import Reconcile
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

  /// Landlock has no rule for a directory that is not there, so that the second is the way of a kernel without Landlock.
  @Test(arguments: ["/proc", "/not-there"])
  func `a thread gives up its rights to files alone and for good`(readable: String) throws {
    let root = TemporaryRoot()
    root.plant("/secret", "x")
    _ = chmod(root.path + "/secret", 0o600)
    let path = root.path + "/secret"
    let seen = Mutex<[String: Bool]>([:])
    BackgroundThread {
      guard (try? ThreadRights.dropFiles(except: readable)) != nil else { return }
      try? Capabilities.dropAll()
      let status = LinuxFiles(root: "/proc")
      seen.withLock {
        $0 = [
          "reads": open(path, O_RDONLY | O_CLOEXEC) >= 0, "writes": open(path, O_WRONLY | O_CLOEXEC) >= 0,
          "removes": unlink(path) == 0,
          "reads /proc": ((try? status.read("/self/stat", limit: 65536)) ?? nil) != nil,
        ]
      }
    }.join()
    let rights = seen.withLock { $0 }
    // Root can always become another user.
    guard geteuid() == 0 || !rights.isEmpty else { return }
    #expect(rights == ["reads": false, "writes": false, "removes": false, "reads /proc": true])
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    #expect(descriptor >= 0)
    close(descriptor)
  }
}
