import Testing

@testable import Modprobe

@Suite struct SysctlFileTests {
  private func settings(_ text: String) -> [String] {
    SysctlFile(path: "/etc/sysctl.d/a.conf", contents: Array(text.utf8)).settings.map {
      "\($0.key) = \($0.value) at \($0.location.line)"
    }
  }

  @Test(arguments: [
    ("net.sctp.rto_min = 100\n", ["net.sctp.rto_min = 100 at 1"]),
    ("\n# net.sctp.a=1\n ; net.sctp.b=1\n  net.sctp.c=2", ["net.sctp.c = 2 at 4"]),
    ("net/sctp/rto_min=100\n", ["net.sctp.rto_min = 100 at 1"]),
    ("- net.sctp.rto_min=100\n-net.sctp.x\n", ["net.sctp.rto_min = 100 at 1"]),
    ("net.sctp.sctp_mem =  1\t2  3 \r\n", ["net.sctp.sctp_mem = 1 2 3 at 1"]),
    ("net.sctp.cookie_hmac_alg==\n", ["net.sctp.cookie_hmac_alg = = at 1"]),
    ("net.sctp.rto_min\n=1\n", []),
    ("net.ipv4.conf.eth0/1.forwarding=1\n", ["net.ipv4.conf.eth0/1.forwarding = 1 at 1"]),
  ])
  func linesAreReadAsSystemdReadsThem(_ text: String, _ expected: [String]) { #expect(settings(text) == expected) }

  @Test func aKeyMayBeAPattern() {
    let setting = SysctlFile(path: "a", contents: Array("net.sctp.rto_* = 1".utf8)).settings[0]
    #expect(setting.matches("net/sctp/rto_min"))
    #expect(!setting.matches("net/sctp/max_burst"))
  }

  @Test func aSlashInTheFirstPlaceLeavesDotsAlone() {
    let setting = SysctlFile(path: "a", contents: Array("net/ipv4/conf/eth0.1/forwarding=1".utf8)).settings[0]
    #expect(setting.path == "net/ipv4/conf/eth0.1/forwarding")
  }
}
