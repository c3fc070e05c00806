import Modprobe
import Testing

@testable import Reconcile

private func notes(_ node: NodeState) -> [String] { Notes(module: sctp, node: node).all }

/// The notes that hold the words.
private func notes(_ node: NodeState, with words: String) -> [String] { notes(node).filter { $0.contains(words) } }

/// A node whose sysctl.d sets something, with the values that the kernel has.
private func node(_ text: String, live values: [String: String]? = nil) -> NodeState {
  var node = NodeState.made(state: values == nil ? .absent : .live, change: { $0.sctpSysctls = values ?? [:] })
  node.sysctls = SysctlFile(path: "/etc/sysctl.d/s.conf", contents: Array(text.utf8)).settings
  return node
}

@Suite struct NotesTests {
  @Test(arguments: ["/etc/modprobe.d/sctp-blacklist.conf", "/etc/modprobe.d/5.14.0-427.el9.x86_64-sctp-denylist.conf"])
  func `the stock files of RHEL are recognised`(file: String) {
    let stock = NodeState.made([file: "# This kernel module can be automatically loaded\n#\nblacklist sctp\n"])
    #expect(
      notes(stock, with: "RHEL's stock file") == [
        "\(file) is RHEL's stock file of kernel-modules-extra: it keeps unprivileged users from autoloading"
      ])
    let changed = NodeState.made([file: "blacklist sctp\ninstall sctp /bin/false\n"])
    #expect(notes(changed, with: "RHEL's stock file").isEmpty)
  }

  @Test(arguments: ["/bin/false", "/bin/true", "/usr/bin/false # CIS 3.3.3"])
  func `hardening rules are named as such`(command: String) {
    let node = NodeState.made(["/etc/modprobe.d/sctp.conf": "install sctp \(command)\n"])
    #expect(notes(node, with: "/etc/modprobe.d/sctp.conf:1 is a hardening rule, as CIS, STIG").count == 1)
    let harmless = NodeState.made(["/etc/modprobe.d/sctp.conf": "install sctp /sbin/modprobe -i sctp\n"])
    #expect(notes(harmless, with: "hardening").isEmpty)
  }

  @Test func `another kernel without SCTP is seen before the reboot`() {
    var node = NodeState.made()
    node.otherKernels = [
      InstalledKernel(release: "5.14.1", hasSCTP: false), InstalledKernel(release: "5.14.2", hasSCTP: true),
      InstalledKernel(release: "5.14.3", hasSCTP: nil),
    ]
    #expect(notes(node, with: "5.14.1 has no sctp: after a boot into it SCTP does not work").count == 1)
    #expect(notes(node, with: "5.14.2").isEmpty)
    #expect(notes(node, with: "5.14.3 cannot be read").count == 1)
  }

  @Test(arguments: [
    (Bool?.some(true), "can translate it"), (false, "ClusterIP and NodePort Services do not"), (nil, "is not known"),
  ])
  func `what connection tracking means for services`(tracks: Bool?, words: String) {
    #expect(notes(.made(change: { $0.conntrackSCTP = tracks }), with: words).count == 1)
  }

  @Test func `settings that wait for the module are named`() {
    #expect(
      notes(node("\nnet.sctp.rto_min = 500\n"), with: "net.sctp") == [
        "net.sctp.rto_min = 500 at /etc/sysctl.d/s.conf:2 has no effect until sctp is loaded; then run: "
          + "sysctl -p /etc/sysctl.d/s.conf"
      ])
  }

  @Test func `settings that a late load has skipped are named`() {
    let text = "net.sctp.rto_min = 500\nnet.sctp.max_burst=4\nnet.sctp.sctp_mem = 1 2 3\n"
    let live = node(text, live: ["rto_min": "1000", "max_burst": "4", "sctp_mem": "1 2 3", "rto_max": "60000"])
    #expect(
      notes(live, with: "net.sctp") == [
        "net.sctp.rto_min = 500 at /etc/sysctl.d/s.conf:1 was skipped, because sctp was loaded after systemd-sysctl had "
          + "run; the value is 1000; run: sysctl -w net.sctp.rto_min=500"
      ])
  }

  @Test func `the last setting of a key counts and patterns too`() {
    let text = "net.sctp.rto_* = 500\nnet.sctp.rto_min = 1000\nnet.ipv4.ip_forward = 1\n"
    let live = node(text, live: ["rto_min": "1000", "rto_max": "60000"])
    #expect(notes(live, with: "was skipped").map { $0.prefix(22) } == ["net.sctp.rto_max = 500"])
  }

  @Test func `a dependency and a pattern are named`() {
    let node = NodeState.made(["/etc/modprobe.d/a.conf": "install sct* /bin/false\n"])
    #expect(notes(node).contains("sctp depends on udp_tunnel"))
    #expect(notes(node, with: "is a pattern: 'sct*'").count == 1)
  }
}
