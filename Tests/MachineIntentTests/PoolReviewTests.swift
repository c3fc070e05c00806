import Modprobe
import Testing

@testable import MachineIntent

/// What the API server, the operator or the daemon of a cluster refuses, which `lint` reports as errors.
@Suite struct PoolReviewTests {
  private static let load = "- {path: /etc/modules-load.d/a.conf, overwrite: true, contents: {source: 'data:,sctp'}}\n"
  private static let clear =
    "- {path: /etc/modprobe.d/sctp-blacklist.conf, overwrite: true, contents: {source: 'data:,'}}\n"

  /// A MachineConfig that loads sctp, with more lines of its spec and of its Ignition config.
  private static func object(
    metadata: String = "  name: a\n", spec: String = "", config: String = "", storage: String = "", files: String = "",
    version: String = "3.4.0"
  ) -> String {
    func indented(_ text: String, _ spaces: Int) -> String {
      text.split(separator: "\n").map { String(repeating: " ", count: spaces) + $0 + "\n" }.joined()
    }
    return "apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata:\n\(metadata)  labels:\n"
      + "    machineconfiguration.openshift.io/role: worker\nspec:\n" + indented(spec, 2)
      + "  config:\n    ignition: {version: \(version)}\n" + indented(config, 4) + "    storage:\n"
      + indented(storage, 6)
      + "      files:\n" + indented(load + clear + files, 8)
  }

  private static func lint(_ texts: String...) -> [String] {
    findings(IntentReader.lint(texts.enumerated().map { Intent.document($1, name: "\($0).yaml") }))
  }

  /// What is an error for a cluster is a warning on a node, where the agent can still do its work.
  private static func expect(
    _ text: String, _ expected: [String], sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    #expect(lint(text) == expected, "\(IntentReader.lint([Intent.document(text)]))", sourceLocation: sourceLocation)
    #expect(Intent.read(text).state != nil, sourceLocation: sourceLocation)
  }

  @Test func `the documented object is clean`() { Self.expect(Self.object(), []) }

  @Test(arguments: [
    ("- {path: /etc/a, overwrite: true, contents: {source: ''}}", ["!14:62 empty-source"]),
    ("- {path: /etc/a, overwrite: true, contents: {source: \"\"}}", ["!14:62 empty-source"]),
    ("- {path: /etc/a, mode: 420}", ["!14:18 overwrite"]),
    ("- {path: /etc/a, contents: {}}", ["!14:18 overwrite"]),
    ("- {path: /etc/a, append: [{source: 'data:,x'}]}", ["!14:18 append"]),
    ("- {path: /etc/a, overwrite: false}", ["14:18 overwrite"]),
    ("- {path: /etc/a, overwrite: true, mode: 01755, contents: {source: 'data:,'}}", ["!14:49 mode"]),
    ("- {path: /etc/a, overwrite: true, contents: {source: 'https://h/x'}}", ["!14:62 source-not-data"]),
    ("- {path: /usr/lib/a, overwrite: true, contents: {source: 'data:,'}}", ["!14:18 read-only-path"]),
    ("- {path: /usr/local/bin/a, overwrite: true, contents: {source: 'data:,'}}", []),
    ("- {path: /etc/usr/a, overwrite: true, contents: {source: 'data:,'}}", []),
    ("- {path: /etc/a, overwrite: true, mode: 420, mode: 420, contents: {source: 'data:,'}}", ["!14:54 duplicate-key"]),
    ("- {path: /etc/a, overwrite: true, contents: {source: 'data:,', source: 'data:,'}}", ["!14:72 duplicate-key"]),
    (
      "- {path: /etc/a, overwrite: true, Contents: {source: 'data:,x'}, contents: {source: 'data:,'}}",
      ["14:74 duplicate-key"]
    ),
  ])
  func `files that leave a pool Degraded are errors`(entry: String, expected: [String]) {
    Self.expect(Self.object(files: entry), expected)
  }

  @Test(arguments: [
    ("- {filesystem: root, path: /etc/a, contents: {source: ''}}", ["!11:63 empty-source"]),
    ("- {filesystem: root, path: /etc/a, contents: {}}", ["!11:11 empty-source"]),
    ("- {filesystem: root, path: /etc/a}", ["!11:11 empty-source"]),
    ("- {filesystem: root, path: /etc/a, contents: {source: 'data:,'}}", []),
  ])
  func `files of spec 2 need a source too`(entry: String, expected: [String]) {
    Self.expect(Intent.machineConfig(entry, version: "2.2.0"), expected)
  }

  @Test func `Ignition by itself takes what only the operator refuses`() {
    let config = """
      {"ignition": {"version": "3.4.0"}, "kernelArguments": {"shouldExist": ["quiet"]},
       "passwd": {"users": [{"name": "telco"}]}, "storage": {"links": [{"path": "/a", "target": "/b"}],
       "files": [{"path": "/usr/c", "contents": {"source": ""}}, {"path": "/d"}, {"path": "/e", "mode": 1023}]}}
      """
    #expect(Self.lint(config) == ["3:99 mode-special-bits"])
  }

  @Test(arguments: [
    ("storage", "links: [{path: /etc/a, target: /b}]", ["!11:14 unreconcilable"]),
    ("storage", "directories: [{path: /var/a}]", ["!11:20 unreconcilable"]),
    ("storage", "filesystems: [{device: /dev/a, format: xfs}]", ["11:20 unreconcilable"]),
    ("storage", "links: []\ndirectories: null", []),
    ("config", "kernelArguments: {shouldExist: [audit=0]}", ["!10:22 unreconcilable"]),
    ("config", "kernelArguments: {shouldNotExist: [quiet]}", ["!10:22 unreconcilable"]),
    ("config", "passwd: {users: [{name: telco}]}", ["!10:29 unreconcilable"]),
    ("config", "passwd: {groups: [{name: telco}]}", ["!10:22 unreconcilable"]),
    ("config", "passwd: {users: [{name: core, sshAuthorizedKeys: [a]}]}", []),
    ("config", "passwd: {users: [{name: core, shell: /bin/sh}]}", ["!10:35 unreconcilable"]),
    ("config", "unit: []", ["10:5 unknown-key"]),
    ("storage", "file: []", ["11:7 unknown-key"]),
  ])
  func `sections that the daemon refuses are errors`(place: String, text: String, expected: [String]) {
    Self.expect(place == "storage" ? Self.object(storage: text) : Self.object(config: text), expected)
  }

  @Test(arguments: [
    ("  name: 5\n", ["!4:9 type"]), ("  name: A_b\n", ["!4:9 invalid-name"]), ("  name: a.b-c\n", []),
    ("  name: true\n", ["!4:9 type"]), ("  name: a\n  label: {x: y}\n", ["5:3 unknown-key"]),
    ("  name: a\n  annotations: {x: 1}\n", ["!5:20 type"]),
  ])
  func `metadata that the API server refuses is an error`(metadata: String, expected: [String]) {
    Self.expect(Self.object(metadata: metadata), expected)
  }

  @Test(arguments: [
    ("worker", []), ("5", ["!6:45 type"]), ("yes", ["!6:45 type"]), ("-x", ["!6:45 invalid-name"]),
    ("'a b'", ["!6:45 invalid-name"]), (String(repeating: "a", count: 64), ["!6:45 invalid-name"]),
  ])
  func `a role that is no label value is an error`(role: String, expected: [String]) {
    Self.expect(Self.object().replacing("role: worker", with: "role: \(role)"), expected)
  }

  @Test(arguments: [
    ("selector: {matchLabels: {a: b}}", ["8:3 unknown-key"]), ("kernelArgument: [quiet]", ["8:3 unknown-key"]),
    ("kernelType: realtime\nfips: false\nextensions: [usbguard]\nosImageURL: ''", []),
    ("kernelArguments: [nomodule]", ["!8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: [nomodules]", []), ("kernelArguments: [nomodule=0]", []),
    ("kernelArguments: [sysctl.kernel.modules_disabled=1]", ["!8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: ['initcall_blacklist=a,sctp_init']", ["!8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: [initcall_blacklist=sctp_diag_init]", []),
    ("kernelArguments: [initcall-blacklist=udp_tunnel_nic_init_module]", ["!8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: [initcall_blacklist=libcrc32c_mod_init]", ["!8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: [initcall_blacklist=ip6_udp_tunnel]", []),
    ("kernelArguments: ['quiet initcall_blacklist=sctp_init']", ["!8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: [module_blacklist=udp_tunnel]", ["!8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: [sctp.no_checksums=perhaps]", ["!8:21 invalid-option"]),
    ("kernelArguments: [sctp.no-checksums=2]", ["!8:21 invalid-option"]),
    ("kernelArguments: [sctp.no_checksums=Y, sctp.no_checksums, sctp.other=x]", []),
    ("kernelArguments: [systemd.mask=systemd-modules-load.service]", ["!8:21 load-service-masked"]),
    ("kernelArguments: [systemd.mask=systemd-modules-load]", ["!8:21 load-service-masked"]),
    ("kernelArguments: ['\"systemd.mask=systemd-modules-load\"']", ["!8:21 load-service-masked"]),
    ("kernelArguments: [rd.systemd.mask=systemd-modules-load.service]", []),
    ("kernelArguments: [sysctl/kernel/modules_disabled=1]", ["!8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: [sysctl.kernel.modprobe=/bin/true]", ["8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: ['sysctl.kernel.modprobe=']", ["8:21 blocked-by-kernel-arguments"]),
    ("kernelArguments: [sysctl.kernel.modprobe=/bin/true, sysctl.kernel.modprobe=/sbin/modprobe]", []),
    ("kernelType: rt", ["!8:15 type"]), ("kernelType: 64k-pages", []),
    ("kernelArguments: [modules_load=sctp]", []),
    ("kernelArguments: quiet", ["!8:20 type"]), ("kernelArguments: [1, a]", ["!8:21 type"]),
    ("extensions: [true]", ["!8:16 type"]), ("kernelType: 5", ["!8:15 type"]), ("fips: 'true'", ["!8:9 type"]),
  ])
  func `fields of the spec are judged with the modules that are wanted`(spec: String, expected: [String]) {
    Self.expect(Self.object(spec: spec), expected)
  }

  @Test(
    arguments: [
      ("no_checksums=1", true), ("no_checksums=0", true), ("no_checksums=yes", true), ("no_checksums=oN", true),
      ("no_checksums=off", true), ("no_checksums", true), ("no_checksums=t", true), ("no_checksums=F", true),
      ("unknown=x", true), ("no_checksums=", false), ("no_checksums=perhaps", false), ("no_checksums=2", false),
      ("no_checksums=o", false), ("a=1 no-checksums=-1", false), ("no_checksums=\"x\"", false),
    ] as [(String, Bool)])
  func `an option whose value the kernel refuses is an error`(parameters: String, isAccepted: Bool) {
    let encoded = "options sctp \(parameters)".utf8.map { "%" + Hex.text([$0]) }.joined()
    let files = "- {path: /etc/modprobe.d/o.conf, overwrite: true, contents: {source: 'data:,\(encoded)'}}\n"
    Self.expect(Self.object(files: files), isAccepted ? [] : ["!14:78 invalid-option"])
  }

  @Test(
    arguments: [
      ("/etc/sysctl.d/90.conf", "kernel.modprobe = /bin/true", true),
      ("/etc/sysctl.d/90.conf", "kernel.modprobe=", true),
      ("/etc/sysctl.conf", "kernel/modprobe = /usr/bin/false", true),
      ("/etc/sysctl.d/a.conf", "-kernel.modprobe=", true),
      ("/etc/sysctl.d/90.conf", "kernel.modules_disabled = 1", true),
      ("/etc/sysctl.d/90.conf", "kernel.modules_disabled = 1\nkernel.modules_disabled = 0", false),
      ("/etc/sysctl.d/90.conf", "kernel.modules_disabled = 0", false),
      ("/etc/sysctl.d/90.conf", "kernel.modprobe = /usr/sbin/modprobe", false),
      ("/etc/sysctl.d/90.conf", "# kernel.modprobe =", false), ("/etc/sysctl.d/90", "kernel.modprobe =", false),
      ("/etc/other.d/90.conf", "kernel.modprobe =", false), ("/etc/sysctl.d/90.conf", "net.sctp.rto_min = 1", false),
    ] as [(String, String, Bool)])
  func `a sysctl that keeps a wanted module out is a warning`(path: String, text: String, blocks: Bool) {
    let encoded = text.utf8.map { "%" + Hex.text([$0]) }.joined()
    let files = "- {path: \(path), overwrite: true, contents: {source: 'data:,\(encoded)'}}\n"
    let found = Self.lint(Self.object(files: files)).filter { $0.hasSuffix(" blocked") }
    #expect(found.count == (blocks ? 1 : 0) && !found.contains { $0.hasPrefix("!") })
  }

  @Test func `the last sysctl by name counts, and a file hides those of its name`() {
    func file(_ name: String, _ value: String, in directory: String = "/etc") -> String {
      "- {path: \(directory)/sysctl.d/\(name), overwrite: true, contents: {source: 'data:,kernel.modprobe%3D\(value)'}}\n"
    }
    let good = Self.object(files: file("9.conf", "/sbin/modprobe") + file("1.conf", ""))
    #expect(Self.lint(good).filter { $0.hasSuffix(" blocked") } == [])
    let bad = Self.object(files: file("9.conf", "") + file("1.conf", "/sbin/modprobe"))
    #expect(Self.lint(bad).filter { $0.hasSuffix(" blocked") }.count == 1)
    let hidden = Self.object(files: file("1.conf", "/sbin/modprobe") + file("1.conf", "", in: "/run"))
    #expect(Self.lint(hidden).filter { $0.hasSuffix(" blocked") } == [])
  }

  private static func unit(_ command: String, name: String = "a.service", field: String = "") -> String {
    "apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata:\n  name: a\n"
      + "  labels: {machineconfiguration.openshift.io/role: worker}\nspec:\n  config:\n    ignition: {version: 3.2.0}\n"
      + "    systemd:\n      units:\n      - name: \(name)\n\(field)        contents: |\n          [Service]\n"
      + "          \(command)\n"
  }

  @Test(arguments: [
    ("ExecStart=/usr/sbin/modprobe sctp", ["14:11 load-elsewhere"]),
    ("ExecStartPre=-/sbin/modprobe -v sctp_diag", ["14:11 load-elsewhere"]),
    ("ExecStart=/bin/sh -c 'modprobe sctp && true'", ["14:11 load-elsewhere"]),
    ("ExecStart=/sbin/insmod /opt/sctp.ko", ["14:11 load-elsewhere"]),
    ("ExecStart=/usr/sbin/modprobe -r sctp", []), ("ExecStart=/usr/sbin/modprobe dccp", []),
    ("ExecStart=/usr/sbin/modprobe \\\n            sctp", ["14:11 load-elsewhere"]),
    ("ExecStart=/bin/bash -c \"for m in dccp sctp; do /sbin/modprobe $m; done\"", ["14:11 load-elsewhere"]),
    ("ExecStart=/usr/bin/kmod load sctp", ["14:11 load-elsewhere"]), ("ExecStart=/usr/bin/kmod list sctp", []),
    ("Wants=modprobe@dccp.service modprobe@sctp.service", ["14:11 load-elsewhere"]),
    ("After=modprobe@sctp.service", []), ("ExecStart=/sbin/modprobe -rv sctp", []),
    ("ExecStart=/sbin/modprobe --dry-run sctp", []), ("ExecStart=/sbin/modprobe -d /r sctp", ["14:11 load-elsewhere"]),
    ("# ExecStart=modprobe sctp", []), ("Description=modprobe sctp", []),
  ])
  func `a unit that loads sctp in place of a load file is a warning`(command: String, expected: [String]) {
    Self.expect(Self.unit(command), expected)
    let loads = Self.object().replacing("name: a", with: "name: b")
    #expect(
      Self.lint(Self.unit(command), loads.replacing("data:,sctp'", with: "data:,sctp%0Asctp_diag'")).filter {
        !$0.hasSuffix("still-blacklisted")
      } == [])
  }

  @Test(arguments: [
    ("#!/bin/sh\nmodprobe sctp\n", true), ("[Service]\nExecStart=/sbin/modprobe sctp\n", true),
    ("for m in dccp sctp; do\n  modprobe -q \"${m}\"\ndone\n", true),
    ("ACTION==\"add\", RUN{builtin}+=\"kmod load sctp\"\n", true),
    ("[Unit]\nWants=modprobe@sctp.service\n", true),
    ("#!/bin/sh\n# modprobe sctp\n", false), ("modprobe dccp # not sctp", false), ("sctp", false),
  ])
  func `a script that loads sctp in place of a load file is a warning`(script: String, isLoad: Bool) {
    let encoded = script.utf8.map { "%" + Hex.text([$0]) }.joined()
    let entry = "- {path: /etc/rc.d/a.sh, overwrite: true, contents: {source: 'data:,\(encoded)'}}"
    Self.expect(Intent.machineConfig(entry), isLoad ? ["11:70 load-elsewhere"] : [])
  }

  @Test(arguments: ["initcall_blacklist=sctp_init", "module_blacklist=sctp", "nomodule", "module_blacklist=udp_tunnel"])
  func `a kernel argument that keeps sctp out is a warning if nothing loads it`(argument: String) {
    let text = Self.object(spec: "kernelArguments: ['\(argument)']")
    Self.expect(text.replacing("data:,sctp", with: "data:,"), ["8:21 kept-out"])
    Self.expect(text, ["!8:21 blocked-by-kernel-arguments"])
  }

  @Test func `a kernel argument that loads sctp is a warning`() {
    let text = Self.object(spec: "kernelArguments: [modules-load=sctp]").replacing("data:,sctp", with: "data:,")
    Self.expect(text, ["8:21 load-elsewhere"])
  }

  @Test func `a masked load service is an error if a module is wanted`() {
    let units = "systemd: {units: [{name: systemd-modules-load.service, mask: true}]}"
    Self.expect(Self.object(config: units), ["!10:30 load-service-masked"])
    Self.expect(Self.object(config: units).replacing("data:,sctp", with: "data:,"), ["10:30 load-service-masked"])
    Self.expect(Self.object(config: units.replacing("true", with: "false")), [])
    for place in ["/etc/systemd/system.control", "/usr/local/lib/systemd/system"] {
      let file = "- {path: \(place)/systemd-modules-load.service, overwrite: true, contents: {source: 'data:,'}}\n"
      #expect(Self.lint(Self.object(files: file)).contains { $0.hasSuffix("load-service-masked") }, "\(place)")
    }
    let link = "links: [{path: /etc/systemd/system/systemd-modules-load.service, target: /dev/null}]"
    Self.expect(Self.object(storage: link), ["!11:14 unreconcilable", "!11:22 load-service-masked"])
  }

  @Test func `a unit that is an instance of modprobe@.service is a warning`() {
    Self.expect(Self.unit("RemainAfterExit=yes", name: "modprobe@sctp.service"), ["11:15 load-elsewhere"])
    Self.expect(Self.unit("RemainAfterExit=yes", name: "modprobe@dccp.service"), [])
  }

  @Test func `a pool that is larger than a cluster stores is an error`() {
    func file(_ bytes: Int) -> String {
      let text = String(repeating: "x", count: bytes)
      return "- {path: /etc/a\(bytes), overwrite: true, contents: {source: 'data:,\(text)'}}\n"
    }
    #expect(Self.lint(Self.object(files: file(1_500_000))) == [])
    #expect(Self.lint(Self.object(files: file(1_573_000))) == ["!1:1 too-large"])
    // Two objects of one pool count together, those of two pools do not.
    let other = Self.object(files: file(800_000)).replacing("name: a", with: "name: b")
    #expect(Self.lint(Self.object(files: file(800_001)), other) == ["!1:1 too-large"])
    #expect(
      Self.lint(Self.object(files: file(800_001)), other.replacing("role: worker", with: "role: master")) == [])
  }

  @Test func `a source from another MachineConfig of the pool is enough`() {
    let first = Self.object(files: "- {path: /etc/a, overwrite: true, contents: {source: 'data:,x'}}")
    let second = Intent.machineConfig("- {path: /etc/a, mode: 0600}", name: "b")
    #expect(Self.lint(first, second) == [])
    #expect(Self.lint(second) == ["!11:18 overwrite"])
  }
}
