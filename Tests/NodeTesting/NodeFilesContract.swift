import Glibc
import MachineIntent
package import NodeAgent
import Reconcile
import Testing

/// What every `NodeFiles` does, checked on the one in memory and on the one of Linux.
package struct NodeFilesContract: Sendable, CustomTestStringConvertible {
  package let testDescription: String
  package let check: @Sendable (any NodeFiles & ManualChanges) throws -> Void

  private init(_ behaviour: String, _ check: @escaping @Sendable (any NodeFiles & ManualChanges) throws -> Void) {
    testDescription = behaviour
    self.check = check
  }

  private static let path = "/etc/modprobe.d/a.conf"

  private static func file(_ text: String, mode: UInt32 = 0o644) -> FileWrite {
    FileWrite(path: path, contents: Array(text.utf8), mode: FileMode(mode), account: .root)
  }

  /// Returns the reason of the failure; nil if there is none.
  private static func reason(_ body: () throws -> Void) -> Condition.Reason? {
    do {
      try body()
      return nil
    } catch {
      return (error as? FileFailure)?.reason
    }
  }

  package static let reading: [Self] = [
    Self("what is not there is nil") { (files) throws in
      #expect(try files.read("/etc/none", limit: 10) == nil)
      #expect(try files.entry("/etc/none") == nil)
      #expect(try files.list("/none/at/all") == nil)
      #expect(try files.stamp("/none") == nil)
    },
    Self("a listing has every entry with its bytes, in the order of the names' bytes") { (files) throws in
      for name in ["b.conf", "a.conf", "a-b.conf", "Z.conf", "é.conf"] { files.plant("/etc/modprobe.d/\(name)", name) }
      let listing = try files.list("/etc/modprobe.d")
      #expect(listing?.entries.map(\.name) == ["Z.conf", "a-b.conf", "a.conf", "b.conf", "é.conf"])
      #expect(listing?.entries.map(\.contents) == listing?.entries.map { Array($0.name.utf8) })
      #expect(listing?.entries.allSatisfy { $0.kind == .regular && $0.mode == FileMode(0o644) } == true)
      #expect(listing?.isSymlink == false)
    },
    Self("a listing ends when it is told to") { (files) throws in
      for index in 1...300 { files.plant("/etc/modprobe.d/\(1000 + index).conf", "x") }
      for answers in [0, 1, 2] {
        var left = answers
        let listing = try files.list("/etc/modprobe.d", ListingScope()) {
          left -= 1
          return left >= 0
        }
        let count = try #require(listing).entries.count
        #expect(answers == 0 ? count == 0 : (1..<300).contains(count))
      }
      #expect(try files.list("/etc/modprobe.d", ListingScope()) { true }?.entries.count == 300)
    },
    Self("an empty file has bytes, none") { (files) throws in
      files.plant(path, "")
      #expect(try files.entry(path)?.contents == [])
    },
    Self("a link leads inside the root, absolute or upwards") { (files) throws in
      files.plant("/etc/real.conf", "inside")
      files.plantLink("/etc/modprobe.d/absolute.conf", to: "/etc/real.conf")
      files.plantLink("/etc/modprobe.d/upwards.conf", to: "../../../../../../etc/real.conf")
      for name in ["absolute", "upwards"] {
        let entry = try files.entry("/etc/modprobe.d/\(name).conf")
        #expect(entry?.contents == Array("inside".utf8))
        #expect(try files.read("/etc/modprobe.d/\(name).conf", limit: 100) == Array("inside".utf8))
      }
    },
    Self("a link out of the root finds nothing there") { (files) throws in
      files.plantLink(path, to: "/proc/self/status")
      let entry = try files.entry(path)
      #expect(entry?.kind == .symlink(to: "/proc/self/status"))
      #expect(entry?.contents == nil)
      #expect(entry?.failure == nil)
    },
    Self("a loop of links is a failure of its entry, not of the listing") { (files) throws in
      files.plantLink("/etc/modprobe.d/a.conf", to: "b.conf")
      files.plantLink("/etc/modprobe.d/b.conf", to: "a.conf")
      files.plant("/etc/modprobe.d/c.conf", "c")
      let entries = try files.list("/etc/modprobe.d")?.entries ?? []
      #expect(entries.map { $0.failure?.errno } == [40, 40, nil])
    },
    Self("a linked directory is listed under its own name and says so") { (files) throws in
      files.plant("/usr/lib/modprobe.d/a.conf", "a")
      files.plantLink("/lib", to: "usr/lib")
      files.plantLink("/etc/modprobe.d", to: "/usr/lib/modprobe.d")
      #expect(try files.list("/lib/modprobe.d")?.entries.map(\.path) == ["/lib/modprobe.d/a.conf"])
      #expect(try files.list("/lib/modprobe.d")?.isSymlink == false)
      #expect(try files.list("/etc/modprobe.d")?.entries.map(\.path) == ["/etc/modprobe.d/a.conf"])
      #expect(try files.list("/etc/modprobe.d")?.isSymlink == true)
    },
    Self("directories and FIFOs are listed and not opened") { (files) throws in
      files.plantFIFO("/etc/modprobe.d/fifo.conf")
      files.plantDirectory("/etc/modprobe.d/sub.conf")
      let entries = try files.list("/etc/modprobe.d")?.entries ?? []
      #expect(entries.map(\.kind) == [.fifo, .directory])
      #expect(entries.allSatisfy { $0.contents == nil && $0.failure == nil })
    },
    Self("a directory cannot be read, nor a file listed") { (files) throws in
      files.plant(path, "a")
      #expect(reason { _ = try files.read("/etc", limit: 10) } == .isDirectory)
      #expect(reason { _ = try files.list(path) } == .notDirectory)
      #expect(reason { _ = try files.entry(path + "/x") } == .notDirectory)
    },
    Self("more than the limit is refused") { (files) throws in
      files.plant(path, "12345")
      #expect(try files.read(path, limit: 5)?.count == 5)
      #expect(reason { _ = try files.read(path, limit: 4) } == .tooLarge)
    },
    Self("names are told without a look at what bears them") { (files) throws in
      files.plantFIFO("/etc/modprobe.d/b")
      files.plantLink("/etc/modprobe.d/a", to: "a")
      #expect(try files.names(in: "/etc/modprobe.d") == ["a", "b"])
      #expect(try files.names(in: "/none") == nil)
      files.plant("/etc/file", "")
      #expect(reason { _ = try files.names(in: "/etc/file") } == .notDirectory)
    },
    Self("a file of any length is read in pieces") { (files) throws in
      for text in ["", String(repeating: "0123456789", count: 10_000)] {
        files.plant(path, text)
        var read: [UInt8] = []
        #expect(try files.readPieces(of: path) { read += $0 })
        #expect(read == Array(text.utf8))
      }
      #expect(try !files.readPieces(of: "/none") { _ in })
      #expect(reason { _ = try files.readPieces(of: "/etc") { _ in } } == .isDirectory)
    },
    Self("every change changes the stamp") { (files) throws in
      files.plant(path, "a")
      let first = try files.stamp(path)
      #expect(first?.isDirectory == false)
      #expect(try files.stamp("/etc")?.isDirectory == true)
      try files.write(file("b"))
      #expect(try files.stamp(path) != first)
    },
    Self("a new, a replaced and a removed name change the stamp of their directory") { (files) throws in
      files.plant("/etc/modprobe.d/a.conf", "a")
      var last = try files.stamp("/etc/modprobe.d")
      for change in [
        { files.plant("/etc/modprobe.d/b.conf", "b") }, { try files.write(file("c")) },
        { files.takeAway("/etc/modprobe.d/b.conf") },
      ] as [() throws -> Void] {
        // The clock that stamps files moves in steps of at most 10 ms.
        usleep(20_000)
        try change()
        let now = try files.stamp("/etc/modprobe.d")
        #expect(now != last)
        last = now
      }
    },
    Self("the stamps of names in a directory are those of their paths") { (files) throws in
      files.plant("/etc/modprobe.d/a.conf", "a")
      files.plantLink("/etc/modprobe.d/b.conf", to: "/etc/elsewhere")
      files.plantLink("/etc/modprobe.d/c.conf", to: "nowhere")
      files.plant("/etc/elsewhere", "b")
      files.plantLink("/etc/linked", to: "/etc/modprobe.d")
      let names = ["a.conf", "b.conf", "c.conf", "none"]
      for directory in ["/etc/modprobe.d", "/etc/linked", "/none"] {
        var each: [FileStamp?] = []
        for name in names { each.append(try files.stamp("\(directory)/\(name)")) }
        #expect(try files.stamps(of: names, in: directory) == each)
      }
    },
    Self("users and groups are the node's own, image-based ones too") { (files) throws in
      files.plant("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n#core:x:7:7\ncore:x:1000:1001::/home/core:/bin/sh\n")
      files.plant("/usr/lib/passwd", "openvswitch:x:800:801::/:/sbin/nologin\n")
      files.plant("/etc/group", "core:x:1001:\n")
      #expect(try files.userID("core") == 1000)
      #expect(try files.userID("openvswitch") == 800)
      #expect(try files.groupID("core") == 1001)
      #expect(try files.userID("nobody-here") == nil)
    },
  ]

  package static let writing: [Self] = [
    Self("a write makes the file with its bytes, mode and owner") { (files) throws in
      files.plantDirectory("/etc/modprobe.d")
      try files.write(
        FileWrite(path: path, contents: Array("x".utf8), mode: FileMode(0o4751), account: Account(user: 12, group: 34)))
      let entry = try files.entry(path)
      #expect(entry?.contents == Array("x".utf8))
      #expect(entry?.mode == FileMode(0o4751))
      #expect(entry?.account == Account(user: 12, group: 34))
    },
    Self("a write replaces a link and leaves its target alone") { (files) throws in
      files.plant("/etc/target", "old")
      files.plantDirectory("/etc/modprobe.d")
      files.plantLink(path, to: "../target")
      try files.write(file("new"))
      #expect(try files.entry(path)?.kind == .regular)
      #expect(try files.read("/etc/target", limit: 10) == Array("old".utf8))
    },
    Self("a write replaces a FIFO without waiting for its reader") { (files) throws in
      files.plantFIFO(path)
      try files.write(file("new"))
      #expect(try files.read(path, limit: 10) == Array("new".utf8))
    },
    Self("a directory of the name is refused and stays") { (files) throws in
      files.plant(path + "/inner", "kept")
      #expect(reason { try files.write(file("x")) } == .isDirectory)
      #expect(reason { try files.remove(path) } == .isDirectory)
      #expect(try files.read(path + "/inner", limit: 10) == Array("kept".utf8))
      #expect(try files.list("/etc/modprobe.d")?.entries.count == 1)
    },
    Self("a symlinked directory is not written through") { (files) throws in
      files.plantDirectory("/elsewhere")
      files.plantDirectory("/etc")
      files.plantLink("/etc/modprobe.d", to: "/elsewhere")
      #expect(reason { try files.write(file("x")) } == .symlinkedDirectory)
      #expect(try files.list("/elsewhere")?.entries.isEmpty == true)
    },
    Self("a missing directory is named and not made") { (files) throws in
      #expect(reason { try files.write(file("x")) } == .notFound)
      #expect(try files.list("/etc/modprobe.d") == nil)
    },
    Self("a directory on the way that is a file is named") { (files) throws in
      files.plant("/etc/modprobe.d", "a file")
      #expect(reason { try files.write(file("x")) } == .notDirectory)
    },
    Self("an append makes the file with 0600, grows it, and returns its stamp") { (files) throws in
      try files.createDirectory("/var/lib/sctp-agent")
      let first = try files.append(Array("one\n".utf8), to: "/var/lib/sctp-agent/ledger")
      #expect(try files.stamp("/var/lib/sctp-agent/ledger") == first)
      let second = try files.append(Array("two\n".utf8), to: "/var/lib/sctp-agent/ledger")
      #expect(try files.stamp("/var/lib/sctp-agent/ledger") == second)
      #expect(second != first)
      let entry = try files.entry("/var/lib/sctp-agent/ledger")
      #expect(entry?.contents == Array("one\ntwo\n".utf8))
      #expect(entry?.mode == FileMode(0o600))
    },
    Self("a made directory is 0700, those above it 0755; made again is no failure") { (files) throws in
      try files.createDirectory("/var/lib/sctp-agent")
      try files.createDirectory("/var/lib/sctp-agent")
      #expect(try files.entry("/var/lib")?.mode == FileMode(0o755))
      #expect(try files.entry("/var/lib/sctp-agent")?.mode == FileMode(0o700))
    },
    Self("an empty directory is removed; one that is not empty stays, and a file is refused") { (files) throws in
      files.plant("/var/lib/sctp-agent/originals/kept", "kept")
      try files.removeDirectory("/var/lib/sctp-agent/originals")
      #expect(try files.names(in: "/var/lib/sctp-agent/originals") == ["kept"])
      #expect(reason { try files.removeDirectory("/var/lib/sctp-agent/originals/kept") } == .notDirectory)
      try files.remove("/var/lib/sctp-agent/originals/kept")
      try files.removeDirectory("/var/lib/sctp-agent/originals")
      try files.removeDirectory("/var/lib/sctp-agent/originals")
      try files.removeDirectory("/no/such/directory")
      #expect(try files.names(in: "/var/lib/sctp-agent") == [])
    },
    Self("a removal takes the link, not its target; what is gone is no failure") { (files) throws in
      files.plant("/etc/target", "old")
      files.plantDirectory("/etc/modprobe.d")
      files.plantLink(path, to: "/etc/target")
      try files.remove(path)
      try files.remove(path)
      try files.remove("/no/such/directory")
      #expect(try files.entry(path) == nil)
      #expect(try files.read("/etc/target", limit: 10) == Array("old".utf8))
    },
    Self("a link replaces a file") { (files) throws in
      files.plant(path, "old")
      try files.link(path, to: "/dev/null")
      #expect(try files.entry(path)?.isMask == true)
      #expect(try files.list("/etc/modprobe.d")?.entries.count == 1)
    },
    Self("a lock is for one holder at a time, and ends with it") { (files) throws in
      let path = "/var/lib/sctp-agent/agent.lock"
      #expect(reason { _ = try files.lock(path, timeout: .zero) } == .notFound)
      try files.createDirectory("/var/lib/sctp-agent")
      var first = try files.lock(path, timeout: .zero)
      #expect(first?.isInPlace == true)
      #expect(try files.lock(path, timeout: .zero) == nil)
      first?.write(Array("first\n".utf8))
      #expect(try files.read(path, limit: 10) == Array("first\n".utf8))
      #expect(try files.entry(path)?.mode == FileMode(0o600))
      first = nil
      #expect(try files.read(path, limit: 10) == Array("first\n".utf8))
      let second = try files.lock(path, timeout: .zero)
      #expect(second?.isInPlace == true)
    },
    Self("a lock whose file was taken away is out of place, and another process gets a new one") { (files) throws in
      let path = "/var/lib/sctp-agent/agent.lock"
      try files.createDirectory("/var/lib/sctp-agent")
      let first = try files.lock(path, timeout: .zero)
      files.takeAway("/var/lib/sctp-agent")
      try files.createDirectory("/var/lib/sctp-agent")
      let second = try files.lock(path, timeout: .zero)
      #expect(first?.isInPlace == false)
      #expect(second?.isInPlace == true)
    },
    Self("what is no regular file is not locked") { (files) throws in
      files.plantFIFO("/var/lib/sctp-agent/agent.lock")
      #expect(reason { _ = try files.lock("/var/lib/sctp-agent/agent.lock", timeout: .zero) } == .fileFailure)
    },
    Self("leftovers of a predecessor go, and nothing else") { (files) throws in
      files.plant("/etc/modprobe.d/.sctp-agent.abc123.tmp", "half")
      files.plant(path, "kept")
      files.plant("/etc/modprobe.d/.sctp-agent.conf", "kept")
      #expect(try files.removeLeftovers(in: "/etc/modprobe.d") == ["/etc/modprobe.d/.sctp-agent.abc123.tmp"])
      #expect(try files.list("/etc/modprobe.d")?.entries.map(\.name) == [".sctp-agent.conf", "a.conf"])
      #expect(try files.removeLeftovers(in: "/none").isEmpty)
    },
  ]
}
