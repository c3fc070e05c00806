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
      ("a.conf", true), (".a.conf", false), (".conf", false), ("a.alias", true), (".alias", false),
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
