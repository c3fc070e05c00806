import Modprobe
import Testing

@Suite struct EffectiveDropInsTests {
  private func dropIn(_ path: String, _ contents: String = "x", isMask: Bool = false) -> DropIn {
    DropIn(path: path, contents: Array(contents.utf8), isMask: isMask)
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
    #expect(effective.shadowed.map(\.dropIn.path) == ["/run/modprobe.d/a.conf", "/lib/modprobe.d/a.conf"])
    #expect(effective.shadowed.map(\.by) == ["/etc/modprobe.d/a.conf", "/etc/modprobe.d/a.conf"])
    #expect(effective.masked.isEmpty)
  }

  @Test func twoSpellingsOfALetterAreTwoNames() {
    let paths = ["/etc/modprobe.d/e\u{301}.conf", "/etc/modprobe.d/\u{E9}.conf"]
    let effective = EffectiveDropIns.modprobe([[dropIn(paths[1])], [dropIn(paths[0])]])
    #expect(effective.applied.map { Array($0.path.utf8) } == paths.map { Array($0.utf8) })
    #expect(effective.shadowed.isEmpty)
  }

  @Test func aLinkToNullMasks() {
    let directories = [[dropIn("/etc/d/a.conf", "", isMask: true)], [dropIn("/usr/lib/d/a.conf")]]
    for effective in [EffectiveDropIns.modprobe(directories), .modulesLoad(directories)] {
      #expect(effective.masked.map(\.dropIn.path) == ["/usr/lib/d/a.conf"])
      #expect(effective.shadowed.isEmpty)
      #expect(effective.applied.flatMap(\.contents).isEmpty)
    }
  }

  @Test func anEmptyFileMasksForSystemd() {
    let directories = [[dropIn("/etc/d/a.conf", "")], [dropIn("/usr/lib/d/a.conf")]]
    #expect(EffectiveDropIns.modulesLoad(directories).masked.count == 1)
    #expect(EffectiveDropIns.modprobe(directories).shadowed.count == 1)
  }

  @Test(
    arguments: [
      ("a.conf", true), (".a.conf", false), (".conf", false), ("a.alias", true), (".alias", false),
      ("a.conf~", false), ("a.conf.rpmsave", false), ("conf", false), ("aconf", false), ("a.CONF", false),
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
    #expect(effective.applied.isEmpty && effective.shadowed.isEmpty && effective.masked.isEmpty)
  }

  @Test func pathsComeApart() {
    #expect(dropIn("/etc/modprobe.d/a.conf").name == "a.conf")
    #expect(dropIn("/etc/modprobe.d/a.conf").directory == "/etc/modprobe.d")
    #expect(dropIn("a.conf").name == "a.conf")
  }
}
