import Modprobe
import Testing

@Suite struct EffectiveDropInsTests {
  private func dropIn(_ path: String, _ contents: String = "x") -> DropIn {
    DropIn(path: path, contents: Array(contents.utf8))
  }

  @Test func readsByNameOverAllDirectories() {
    let effective = EffectiveDropIns.modprobe([
      [dropIn("/etc/modprobe.d/m.conf"), dropIn("/etc/modprobe.d/a.conf")],
      [dropIn("/usr/lib/modprobe.d/b.conf"), dropIn("/usr/lib/modprobe.d/Z.conf")],
    ])
    #expect(effective.applied.map(\.name) == ["Z.conf", "a.conf", "b.conf", "m.conf"])
  }

  @Test func theFirstDirectoryWins() {
    let effective = EffectiveDropIns.modprobe([
      [dropIn("/etc/modprobe.d/a.conf")], [dropIn("/run/modprobe.d/a.conf")], [dropIn("/lib/modprobe.d/a.conf")],
    ])
    #expect(effective.applied.map(\.path) == ["/etc/modprobe.d/a.conf"])
  }

  @Test func twoSpellingsOfALetterAreTwoNames() {
    let paths = ["/etc/modprobe.d/e\u{301}.conf", "/etc/modprobe.d/\u{E9}.conf"]
    let effective = EffectiveDropIns.modprobe([[dropIn(paths[1])], [dropIn(paths[0])]])
    #expect(effective.applied.map { Array($0.path.utf8) } == paths.map { Array($0.utf8) })
  }

  @Test func anEmptyFileMasks() {
    let directories = [[dropIn("/etc/d/a.conf", "")], [dropIn("/usr/lib/d/a.conf")]]
    for effective in [EffectiveDropIns.modprobe(directories), .modulesLoad(directories)] {
      #expect(effective.applied == directories[0])
    }
  }

  @Test(
    arguments: [
      ("a.conf", true), (".a.conf", false), (".conf", false), ("a.alias", false), (".alias", false),
      ("a.conf~", false), ("a.conf.rpmsave", false), ("conf", false), ("aconf", false), ("a.CONF", false),
      ("a\u{600}.conf", true), (".\u{301}.conf", false),
    ])
  func kmodReadsTheseNames(name: String, isRead: Bool) {
    #expect(EffectiveDropIns.isModprobeName(name) == isRead)
  }

  @Test(
    arguments: [
      ("a.conf", true), (".a.conf", false), (".conf", false), ("a.alias", false), ("a.conf~", false),
      ("a.conf.rpmnew", false),
    ])
  func systemdReadsTheseNames(name: String, isRead: Bool) {
    #expect(EffectiveDropIns.isModulesLoadName(name) == isRead)
  }

  @Test(arguments: 28...34)
  func `*.alias is read until kmod 32`(kmod: Int) {
    let kmod = KmodVersion(kmod)
    #expect(EffectiveDropIns.isModprobeName("a.alias", kmod: kmod) == (kmod.number <= 32))
    #expect(!EffectiveDropIns.isModprobeName(".alias", kmod: kmod))
  }

  @Test(arguments: 28...34)
  func `a dangling link hides until kmod 33`(kmod: Int) {
    let link = DropIn(path: "/etc/modprobe.d/a.conf", contents: [], isDangling: true)
    let vendor = dropIn("/usr/lib/modprobe.d/a.conf")
    let effective = EffectiveDropIns.modprobe([[link], [vendor]], kmod: KmodVersion(kmod))
    #expect(effective.applied == [kmod <= 33 ? link : vendor])
  }

  @Test(arguments: [252, 257, 262])
  func `a dangling link hides until systemd 261`(systemd: Int) {
    let link = DropIn(path: "/etc/modules-load.d/a.conf", contents: [], isDangling: true)
    let vendor = dropIn("/usr/lib/modules-load.d/a.conf")
    let effective = EffectiveDropIns.modulesLoad([[link], [vendor]], systemd: SystemdVersion(systemd))
    #expect(effective.applied == [systemd < 262 ? link : vendor])
  }

  @Test(arguments: [
    (28, false, ["/etc", "/run", "/lib"]), (29, false, ["/etc", "/run", "/usr/local/lib", "/lib"]),
    (31, false, ["/etc", "/run", "/usr/local/lib", "/lib"]),
    (32, false, ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"]),
    (28, true, ["/etc", "/run", "/usr/lib"]), (30, true, ["/etc", "/run", "/usr/local/lib", "/usr/lib"]),
  ])
  func `each version of kmod reads directories of its own`(kmod: Int, isUsrMerged: Bool, read: [String]) {
    let directories = DropInSearchPath.modprobe.filter { !isUsrMerged || !$0.hasPrefix("/lib/") }
    let files = directories.enumerated().map { [dropIn("\($1)/\($0).conf")] }
    let effective = EffectiveDropIns.modprobe(files, kmod: KmodVersion(kmod), isUsrMerged: isUsrMerged)
    #expect(effective.applied.map(\.directory) == read.map { $0 + "/modprobe.d" })
  }

  @Test func aNameThatIsNotReadHidesNothing() {
    let effective = EffectiveDropIns.modulesLoad([[dropIn("/etc/d/a.alias")], [dropIn("/usr/lib/d/a.alias")]])
    #expect(effective.applied.isEmpty)
  }

  @Test func pathsComeApart() {
    #expect(dropIn("/etc/modprobe.d/a.conf").name == "a.conf")
    #expect(dropIn("/etc/modprobe.d/a.conf").directory == "/etc/modprobe.d")
    #expect(dropIn("a.conf").name == "a.conf")
  }
}
