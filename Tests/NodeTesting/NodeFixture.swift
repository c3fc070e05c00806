import MachineIntent
import NodeAgent
import Testing

/// A node with something in its configuration that an agent has to cope with.
package struct NodeFixture: Sendable, CustomTestStringConvertible {
  package let testDescription: String
  /// What the machine-config daemon answers for: `revert` leaves it as it is.
  package let managed: Set<String>
  private let layOut: @Sendable (any ManualChanges) -> Void

  private init(
    _ description: String, managed: Set<String> = [], _ layOut: @escaping @Sendable (any ManualChanges) -> Void
  ) {
    testDescription = description
    self.managed = managed
    self.layOut = layOut
  }

  /// A node with the directories and the module tree that every one has, and then what this one is about.
  package func plant(on files: any ManualChanges) {
    for directory in ["/etc/modprobe.d", "/etc/modules-load.d", "/usr/lib/modprobe.d", Ledger.directory] {
      files.plantDirectory(directory)
    }
    files.plant("/etc/modprobe.conf", "blacklist sctp\n")
    files.plant("/lib/modules/5.14.0/modules.dep", "sctp.ko: libcrc32c.ko\nlibcrc32c.ko:\n")
    files.plant("/lib/modules/5.14.0/modules.alias", "alias net-pf-2-proto-132 sctp\n")
    for module in ["sctp", "libcrc32c"] { files.plant("/lib/modules/5.14.0/\(module).ko", "") }
    layOut(files)
  }

  private static let stock = "/etc/modprobe.d/sctp-blacklist.conf"
  private static let loadFile = "/etc/modules-load.d/sctp-load.conf"

  /// The project's own.
  package static let own: [Self] = [
    Self("nothing is configured") { _ in },
    Self("the stock files of RHEL") { files in
      files.plant(stock, "# as shipped\nblacklist sctp\n")
      files.plant("/etc/modprobe.d/sctp_diag-blacklist.conf", "blacklist sctp_diag\n")
    },
    Self("all is as it should be") { files in
      files.plant(stock, "")
      files.plant(loadFile, "sctp")
    },
    Self("bytes that are no text, and no newline at the end") { files in
      files.plant("/etc/modprobe.d/a.conf", [0xFF, 0x00, 0x0A] + Array("blacklist sctp".utf8), mode: FileMode(0o640))
    },
    Self("a rule over several lines, and line ends of DOS") { files in
      files.plant("/etc/modprobe.d/a.conf", "blacklist \\\n sctp\r\noptions a b=1\r\nblacklist\tsctp\r\n")
    },
    Self("a vendor's file") { files in
      files.plant("/usr/lib/modprobe.d/vendor.conf", "options sctp x=1\nblacklist sctp\n")
    },
    Self("a vendor's file that a link of the administrator's shadows") { files in
      files.plant("/usr/lib/modprobe.d/vendor.conf", "blacklist sctp\n")
      files.plantLink("/etc/modprobe.d/vendor.conf", to: "/usr/lib/modprobe.d/vendor.conf")
    },
    Self("a vendor's file that is masked") { files in
      files.plant("/usr/lib/modprobe.d/vendor.conf", "blacklist sctp\n")
      files.plantLink("/etc/modprobe.d/vendor.conf", to: "/dev/null")
    },
    Self("install lines and redirections") { files in
      files.plant("/etc/modprobe.d/CIS.conf", "install sctp /bin/false\nalias net-pf-2-proto-132 off\n")
      files.plant("/usr/lib/modprobe.d/CIS2.conf", "install sctp /bin/true\ninstall libcrc32c /bin/true\n")
    },
    Self("a dependency is kept out") { files in files.plant("/etc/modprobe.d/a.conf", "blacklist libcrc32c\n") },
    Self("declared files with another mode") { files in
      files.plant(stock, [], mode: FileMode(0o600))
      files.plant(loadFile, Array("sctp".utf8), mode: FileMode(0o4755))
    },
    Self("links where declared files belong") { files in
      files.plant("/etc/elsewhere", "not ours")
      files.plantLink(stock, to: "/etc/elsewhere")
      files.plantLink(loadFile, to: "nowhere")
    },
    Self("a FIFO where a declared file belongs") { files in files.plantFIFO(stock) },
    Self("a directory where a declared file belongs") { files in files.plantDirectory(stock) },
    Self("a directory is a link") { files in
      files.plant("/etc/elsewhere.d/a.conf", "blacklist sctp\n")
      files.takeAway("/etc/modprobe.d")
      files.plantLink("/etc/modprobe.d", to: "/etc/elsewhere.d")
    },
    Self("a directory is missing") { files in files.takeAway("/etc/modules-load.d") },
    Self("no module tree") { files in
      files.plant(stock, "blacklist sctp\n")
      files.takeAway("/lib/modules")
    },
    Self("names that nobody reads") { files in
      for name in ["a.conf.rpmsave", ".hidden.conf", "a", "sub.conf/b.conf"] {
        files.plant("/etc/modprobe.d/\(name)", "blacklist sctp\n")
      }
    },
    Self("an intent that keeps the module out") { files in
      files.plantIntent([("/etc/modprobe.d/no-sctp.conf", "install%20sctp%20/bin/false%0Ablacklist%20sctp%0A")])
    },
    Self("an intent with files that are not written, and names of users") { files in
      files.plant("/etc/passwd", "root:x:0:0::/:/bin/sh\ncore:x:1000:1000::/:/bin/sh\n")
      files.plantIntent([
        ("/etc/shadow", "x"), ("/etc/modprobe.d/../passwd", "x"), ("/etc/modprobe.d/sub/x.conf", "x"),
        ("/usr/lib/modprobe.d/x.conf", "x"), ("/etc/modprobe.d/ours.conf", "options%20sctp%20x%3D1%0A"),
        (loadFile, "sctp%0A"),
      ])
    },
    Self("an intent that is refused") { files in files.plant("/etc/sctp-agent/intent.d/x.yaml", "kind: [") },
    Self("the machine-config daemon holds a blacklist in place", managed: [stock]) { files in
      files.plant(stock, "drifted\n")
      files.plant("/etc/modprobe.d/other.conf", "blacklist sctp\n")
      files.plant(
        "/etc/machine-config-daemon/currentconfig", machineConfig("rendered", [(stock, "blacklist%20sctp%0A")]))
    },
  ]

  /// Made from the conformance cases beside the repository.
  package static func ofSharedCases() throws -> [Self] {
    var fixtures: [Self] = []
    for (set, suffix, places) in [
      ("modprobe-real", ".conf", ["/etc/modprobe.d/case.conf", "/usr/lib/modprobe.d/case.conf"]),
      ("modprobe-variants", ".conf", [stock]),
      ("modules-load-real", ".conf", ["/etc/modules-load.d/case.conf"]),
      ("machineconfig-real", ".yaml", ["/etc/sctp-agent/intent.d/case.yaml"]),
    ] {
      let cases = SharedCases(set)
      for name in try cases.files(endingWith: suffix) {
        let contents = try cases.contents(of: name)
        fixtures += places.map { place in
          Self("\(name) as \(place)") { $0.plant(place, contents, mode: FileMode(0o644)) }
        }
      }
    }
    return fixtures
  }

  /// Returns it in JSON; each file with what stands behind the comma of its data URL.
  fileprivate static func machineConfig(_ name: String, _ files: [(path: String, data: String)]) -> String {
    let list = files.map { #"{"path":"\#($0.path)","mode":420,"contents":{"source":"data:,\#($0.data)"}}"# }
    return #"{"apiVersion":"machineconfiguration.openshift.io/v1","kind":"MachineConfig","metadata":{"#
      + #""name":"\#(name)","labels":{"machineconfiguration.openshift.io/role":"worker"}},"spec":{"config":{"ignition":"#
      + #"{"version":"3.2.0"},"storage":{"files":[\#(list.joined(separator: ","))]}}}}"#
  }
}

extension ManualChanges {
  fileprivate func plantIntent(_ files: [(path: String, data: String)]) {
    plant("/etc/sctp-agent/intent.d/x.json", NodeFixture.machineConfig("mine", files))
  }
}
