import Modprobe
import Testing

@Suite struct KmodVersionTests {
  @Test(arguments: [
    ("libkmod.so.2.3.6", 28), ("libkmod.so.2.3.7", 29), ("libkmod.so.2.4.0", 30), ("libkmod.so.2.4.1", 31),
    ("libkmod.so.2.4.2", 32), ("libkmod.so.2.5.0", 33), ("libkmod.so.2.5.1", 34), ("libkmod.so.2.6.0", 34),
    ("libkmod.so.2.3.3", 25),
  ])
  func `the library's file tells kmod's version`(name: String, version: Int) {
    #expect(KmodVersion(libraryName: name)?.number == version)
  }

  @Test(arguments: ["libkmod.so.2", "libkmod.so", "libkmod.so.2.4", "libkmod.so.2.x.1", "libkmodx.so.2.4.0"])
  func `other names tell nothing`(name: String) { #expect(KmodVersion(libraryName: name) == nil) }

  @Test(arguments: [
    ("7f00-7f10 r-xp 00000000 08:01 77   /usr/lib/x86_64-linux-gnu/libkmod.so.2.4.0", 30),
    ("7f00-7f10 r-xp 00000000 08:01 77   /usr/lib64/libkmod.so.2.3.6 (deleted)", 28),
    ("7f00 r--p 0 08:01 76   /usr/bin/sctp-agent\n7f20 rw-p 0 00:00 0\n7f40 r--p 0 8:1 7 /a b/libkmod.so.2.5.1", 34),
    ("7f00-7f10 r-xp 00000000 08:01 77   /usr/lib64/libkmod.so.2", nil),
    ("7f00-7f10 r-xp 00000000 08:01 77   /usr/lib64/libc.so.6\n7ffe-7fff r-xp 0 00:00 0  [vdso]\n", nil), ("", nil),
  ])
  func `the library that a process has loaded tells the version`(mappings: String, version: Int?) {
    #expect(KmodVersion(mappings: Array(mappings.utf8))?.number == version)
  }

  @Test(arguments: [
    ("libsystemd-shared-252.so", 252), ("libsystemd-shared-252-32.el9_4.so", 252),
    ("libsystemd-shared-257.5-2.so", 257),
  ])
  func `systemd's own library tells its version`(name: String, version: Int) {
    #expect(SystemdVersion(libraryName: name)?.number == version)
  }

  @Test(arguments: ["libsystemd.so.0", "libsystemd-shared-.so", "libsystemd-shared-252.so.debug"])
  func `other libraries tell nothing`(name: String) { #expect(SystemdVersion(libraryName: name) == nil) }

  @Test(arguments: 28...34)
  func `a backslash that ends the file is a byte until kmod 33`(kmod: Int) {
    let file = DropIn(path: "/etc/modprobe.d/a.conf", contents: Array("blacklist sctp\\".utf8))
    let configuration = ModprobeConfiguration(
      dropIns: .modprobe([[file]], kmod: KmodVersion(kmod)), kmod: KmodVersion(kmod))
    #expect(configuration.blacklistRules(of: ModuleName("sctp")).isEmpty == (kmod <= 33))
  }

  @Test(arguments: 28...34)
  func `weakdep lines and the tree's index are read and shown since kmod 33`(kmod: Int) {
    let file = DropIn(path: "/etc/modprobe.d/a.conf", contents: Array("weakdep a b\n".utf8))
    let configuration = ModprobeConfiguration(
      dropIns: .modprobe([[file]]), weakdepIndex: Array("blacklist sctp\n".utf8), kmod: KmodVersion(kmod))
    let knows = kmod >= 33
    #expect(configuration.showConfigEntries().map(\.text) == (knows ? ["blacklist sctp", "weakdep a b"] : []))
    #expect(configuration.skipped.isEmpty == knows)
  }
}
