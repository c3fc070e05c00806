import Modprobe
import Testing

@Suite struct InstallCommandTests {
  @Test(
    arguments: [
      "/bin/false", "/bin/true", "true", ":", "exit 1", "/usr/bin/disabled-by-policy", "", "  /bin/true # sctp",
      "/sbin/modprobe sctp", "/sbin/modprobe -i other", "/sbin/modprobe -r -i sctp", "/sbin/modprobe -n -i sctp",
      "/bin/false && /sbin/modprobe -i sctp", "/bin/true || /sbin/modprobe -i sctp",
      "exit 0; /sbin/modprobe -i sctp", "echo modprobe -i sctp", "echo 'x; modprobe -i sctp'",
      "/bin/false && { modprobe -i sctp; }", "! /bin/true && modprobe -i sctp", "# modprobe -i sctp",
      "logger sctp was asked for; /bin/false", "modprobe -i other sctp", "modprobe -C -i sctp",
      "modprobe -C/etc/i.conf sctp", "exit 0; case x in x) modprobe -i sctp ;; esac",
    ])
  func stops(command: String) { #expect(InstallCommand(command).effect(on: ModuleName("sctp")) == .stops) }

  @Test(
    arguments: [
      "/sbin/modprobe --ignore-install sctp", "modprobe -i sctp $CMDLINE_OPTS", "modprobe -qi sctp",
      "$MODPROBE --ignore-install sctp && { $MODPROBE --quiet other ; }",
      "/bin/true && /sbin/modprobe -i sctp", "/bin/false || exec /sbin/modprobe -i sctp",
      "{ /bin/true; modprobe -i sctp; } >/dev/null 2>&1", "(exit 1); modprobe -i sctp",
      "modprobe other > /dev/null 2>&1 ;if [ $? != 0 ];then modprobe --ignore-install sctp ;fi",
      "/sbin/modprobe other;/sbin/modprobe --ignore-install sctp", "insmod /lib/modules/x/sctp.ko.xz",
      "sh -c 'modprobe -i sctp'", "FOO=1 modprobe -i sctp", "modprobe -a -i other sctp",
      "modprobe -C/etc/r.conf -i sctp", "modprobe -iC /etc/x.conf sctp",
      "case x in x) modprobe -i sctp ;; esac", "case $1 in a) exit 1 ;; *) modprobe -i sctp ;; esac",
      "case $1 in a) exit 1 ;; esac; modprobe -i sctp",
      "modprobe -i \\\"sctp\\\" || modprobe -i \"sctp\"",
    ])
  func loads(command: String) { #expect(InstallCommand(command).effect(on: ModuleName("sctp")) != .stops) }

  @Test func aPlainModprobeLoadsInPlaceOfAnotherName() {
    let command = InstallCommand("/sbin/modprobe sctp")
    #expect(command.effect(on: ModuleName("sctp"), inPlaceOf: ModuleName("net-pf-2-proto-132")) != .stops)
    #expect(command.effect(on: ModuleName("sctp"), inPlaceOf: ModuleName("sctp")) == .stops)
  }

  @Test(
    arguments: [
      ("modprobe -b sctp", true), ("modprobe -qb sctp", true), ("modprobe --use-blacklist sctp", true),
      ("sh -c 'modprobe -b sctp'", true), ("test -b /dev/x; /sbin/modprobe sctp", false),
      ("modprobe -C/etc/b.conf sctp", false), ("modprobe -C -b sctp", false),
      ("modprobe -b sctp || modprobe sctp", true), ("modprobe -b sctp && modprobe sctp", false),
      ("modprobe -b other || modprobe sctp", false), ("modprobe sctp; modprobe -b sctp", false),
      ("modprobe -b other; modprobe sctp", false),
    ])
  func blacklistsAreObeyedWhereWhatLoadsTheModuleIsToldTo(command: String, obeys: Bool) {
    let effect = InstallCommand(command).effect(on: ModuleName("sctp"), inPlaceOf: ModuleName("net-pf-2-proto-132"))
    #expect(effect == .loads(obeyingBlacklists: obeys))
  }

  @Test func namesAreFolded() {
    #expect(InstallCommand("modprobe -i sctp-diag").effect(on: ModuleName("sctp_diag")) != .stops)
  }

  /// What stands behind `&&` and `||` is reached by how the command before it ends; nil: that cannot be known.
  @Test(
    arguments: [
      ("/bin/true", true), (":", true), ("/bin/false", false), ("exit 1", false), ("exit 0", true),
      ("/bin/unknown", nil), ("/bin/false; /bin/true", true), ("/bin/true && /bin/false", false),
      ("exit 1; true", false), ("/bin/unknown || true", true), ("! false", true),
    ] as [(String, Bool?)])
  func whatCanBeReachedCounts(_ command: String, succeeds: Bool?) {
    let sctp = ModuleName("sctp")
    let then = InstallCommand("(\(command)) && modprobe -i sctp").effect(on: sctp)
    let otherwise = InstallCommand("(\(command)) || modprobe -i sctp").effect(on: sctp)
    #expect(then == (succeeds == false ? .stops : .loads(obeyingBlacklists: false)))
    #expect(otherwise == (succeeds == true ? .stops : .loads(obeyingBlacklists: false)))
  }

  @Test func `a command that is too long to be started loads nothing`() {
    let sctp = ModuleName("sctp")
    #expect(InstallCommand("modprobe -i sctp").effect(on: sctp) != .stops)
    let padding = String(repeating: "a;", count: 65_536)
    #expect(InstallCommand("modprobe -i sctp; \(padding)").effect(on: sctp) == .stops)
  }
}
