import Foundation
import Glibc
import LinuxNode
import NodeAgent
import NodeTesting
import Reconcile
import Testing

@Suite struct LinuxFilesTests {
  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing)
  func linuxKeepsTheContract(_ contract: NodeFilesContract) throws { try contract.check(TemporaryRoot()) }

  /// The walk that is made on a kernel before 5.6, behind a filter, or where somebody moves directories about
  /// meanwhile.
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

  @Test func `a file that changes twice in a second is read again on a file system that keeps only seconds`() throws {
    let root = TemporaryRoot(calls: RecordingCalls(.wholeSeconds))
    let path = "/etc/modprobe.d/a.conf"
    let seen = { () throws in
      (
        try root.read(path, limit: 10), try root.entry(path)?.contents,
        try root.list("/etc/modprobe.d")?.entries.first?.contents
      )
    }
    // More than a tick after the beginning of a second, and well before its end.
    var now = timespec()
    repeat {
      usleep(1000)
      clock_gettime(CLOCK_REALTIME, &now)
    } while !(50_000_000...500_000_000).contains(now.tv_nsec)
    for text in ["one\n", "two\n"] {
      root.plant(path, text)
      for _ in 0..<2 { #expect(try seen() == (Array(text.utf8), Array(text.utf8), Array(text.utf8))) }
    }
  }

  @Test(arguments: NodeFilesContract.reading, [0, ENOSYS])
  func oneLookKeepsTheContractOfReading(_ contract: NodeFilesContract, _ errno: Int32) throws {
    let calls = errno == 0 ? RecordingCalls() : RecordingCalls(.every("openInRoot", errno: errno))
    try contract.check(TemporaryRoot(calls: calls).forOneLook())
  }

  @Test(arguments: NodeFilesContract.reading + NodeFilesContract.writing)
  func memoryKeepsTheContract(_ contract: NodeFilesContract) throws { try contract.check(InMemoryFiles()) }

  @Test(arguments: NodeFixture.own, UnblockPolicy.allCases)
  func theLawsHoldOnLinux(on fixture: NodeFixture, _ policy: UnblockPolicy) throws {
    try NodeLaws.check(fixture, on: TemporaryRoot(), policy)
  }
}

@Suite struct OneLookTests {
  private let calls = RecordingCalls()

  private func openings(of directory: String) -> Int {
    calls.calls.count { $0.name == "openInRoot" && $0.object == directory }
  }

  @Test func `a look resolves the path of a directory once, even if it is not there`() throws {
    let root = TemporaryRoot(calls: calls)
    root.plant("/etc/a", "a")
    root.plant("/etc/modprobe.d/b.conf", "b")
    let look = root.forOneLook()
    for _ in 0..<3 {
      #expect(try look.stamp("/etc/a") != nil)
      #expect(try look.list("/etc/modprobe.d")?.entries.count == 1)
      #expect(try look.stamps(of: ["a", "none"], in: "/etc").map { $0 != nil } == [true, false])
      #expect(try look.entry("/none/at/all") == nil)
    }
    #expect(openings(of: "/etc") == 1)
    #expect(openings(of: "/none/at") == 1)
  }

  @Test func `a look sees what changes in a directory, and the next one another directory in its place`() throws {
    let root = TemporaryRoot(calls: calls)
    root.plant("/etc/a", "old")
    let look = root.forOneLook()
    #expect(try look.read("/etc/a", limit: 10) == Array("old".utf8))
    root.plant("/etc/a", "newer")
    #expect(try look.read("/etc/a", limit: 10) == Array("newer".utf8))
    #expect(rename(root.path + "/etc", root.path + "/before") == 0)
    root.plant("/etc/a", "another")
    #expect(try root.forOneLook().read("/etc/a", limit: 10) == Array("another".utf8))
    #expect(try root.read("/etc/a", limit: 10) == Array("another".utf8))
  }

  @Test func `a look keeps few directories open, and none after its end`() throws {
    let root = TemporaryRoot(calls: calls)
    for number in 0..<20 { root.plant("/\(number)/a", "a") }
    _ = try root.read("/0/a", limit: 10)
    calls.clear()
    func open() -> Int {
      calls.calls.count { ["openInRoot", "openat"].contains($0.name) } - calls.calls.count { $0.name == "close" }
    }
    do {
      let look = root.forOneLook()
      for number in 0..<20 { #expect(try look.read("/\(number)/a", limit: 10) == Array("a".utf8)) }
      #expect((1...8).contains(open()))
      withExtendedLifetime(look) {}
    }
    #expect(open() == 0)
  }
}

@Suite struct ListingScopeTests {
  @Test func `a file whose name is not wanted is not opened`() throws {
    let calls = RecordingCalls()
    let root = TemporaryRoot(calls: calls)
    root.plant("/etc/modprobe.d/backup.tar", "x")
    root.plant("/etc/modprobe.d/a.conf", "y")
    calls.clear()
    let scope = ListingScope(isWanted: DirectoryListing.isDropInName)
    #expect(try root.list("/etc/modprobe.d", scope)?.entries.map(\.name) == ["a.conf"])
    #expect(!calls.calls.contains { $0.object == "backup.tar" })
  }

  @Test func `what exceeds the bounds of a listing is named and not read`() throws {
    let root = TemporaryRoot()
    for name in ["a", "b", "c"] { root.plant("/etc/modprobe.d/\(name).conf", "0123456789") }
    root.plant("/etc/modprobe.d/d.conf", "012345678901234567890")
    let listing = try #require(try root.list("/etc/modprobe.d", ListingScope(fileLimit: 20, bytes: 20)))
    #expect(listing.entries.map { $0.contents?.count } == [10, 10, nil, nil])
    #expect(listing.failures.map(\.reason) == [.tooLarge, .tooLarge])
    #expect(listing.isIncomplete)
    let kinds = try #require(try root.list("/etc/modprobe.d", .kinds))
    #expect(kinds.entries.count == 4 && kinds.entries.allSatisfy { $0.contents == nil })
  }

  @Test func `the bounds are those of the pod`() throws {
    let manifest = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "deploy/base/daemonset.yaml")
    #expect(try String(contentsOf: manifest, encoding: .utf8).contains("memory: \(MemoryBudget.pod >> 20)Mi\n"))
  }
}
