import Testing

@testable import MachineIntent

@Suite struct IgnitionReaderTests {
  private static let path = "/etc/modprobe.d/a.conf"

  /// A file of spec 3.2.0 on lines 11 and on of the intent, with its findings.
  @Test(arguments: [
    ("- {path: /etc/modprobe.d/a.conf, mode: 0644, overwrite: true, contents: {source: 'data:,'}}", []),
    ("- {path: /etc/modprobe.d/a.conf, mode: 644, contents: {source: 'data:,'}}", ["11:48 mode-not-octal"]),
    ("- {path: /etc/modprobe.d/a.conf, mode: 755, contents: {source: 'data:,'}}", ["11:48 mode-not-octal"]),
    ("- {path: /etc/modprobe.d/a.conf, mode: 493, contents: {source: 'data:,'}}", []),
    ("- {path: /etc/modprobe.d/a.conf, mode: 9999, contents: {source: 'data:,'}}", ["!11:48 mode"]),
    ("- {path: /etc/modprobe.d/a.conf, mode: -1, contents: {source: 'data:,'}}", ["!11:48 mode"]),
    ("- {path: /etc/modprobe.d/a.conf, mode: '0644', contents: {source: 'data:,'}}", ["!11:48 type"]),
    ("- {path: /etc/modprobe.d/a.conf, mode: 01644, contents: {source: 'data:,'}}", ["11:48 mode"]),
    ("- {path: etc/a.conf}", ["!11:18 path"]),
    ("- {mode: 420}", ["!11:11 path"]),
    ("- {path: 3}", ["!11:18 type"]),
    ("- [1]", ["!11:11 type"]),
    ("- {path: /a, overwrite: true}", ["!11:11 overwrite"]),
    ("- {path: /a, overwrite: yes, contents: {source: ''}}", ["11:57 empty-source"]),
    ("- {path: /a}\n- {path: /a}", ["!12:18 duplicate-path"]),
    ("- {path: /a, contents: {source: 'data:,a b'}}", ["!11:49 data-url-character"]),
    ("- {path: /a, contents: {source: 'data:,a#b'}}", ["!11:49 data-url-character"]),
    ("- {path: /a, contents: {source: sctp}}", ["!11:41 source"]),
    ("- {path: /a, contents: {source: 'http://h/x'}}", ["11:41 source-not-data"]),
    ("- {path: /a, contents: {source: 'ftp://h/x'}}", ["!11:41 source"]),
    ("- {path: /a, contents: {source: 'data:,', compression: xz}}", ["!11:64 compression"]),
    ("- {path: /a, contents: {compression: ''}}", []),
    ("- {path: /a, contents: {source: 'data:,', verification: {hash: md5-1}}}", ["!11:72 hash"]),
    ("- {path: /a, contents: {source: 'data:,', verification: {hash: sha512-1}}}", ["!11:72 hash"]),
    ("- {path: /a, contents: {source: 'data:,', verification: {hash: sha512}}}", ["!11:72 hash"]),
    ("- {path: /a, user: {id: 0, name: root}}", ["!11:28 owner"]),
    ("- {path: /a, user: {id: -1}}", ["11:33 owner"]),
    ("- {path: /a, user: {id: 4294967295}}", ["11:33 owner"]), ("- {path: /a, user: {id: 4294967294}}", []),
    ("- {path: /a, filesystem: root}", ["11:22 unknown-key"]),
    ("- {path: /a, contens: {source: 'data:,'}}", ["11:22 unknown-key"]),
    ("- {Path: /a, MODE: 420, path: /b}", ["11:33 duplicate-key"]),
    ("- {path: /a, contents: null, mode: null, append: null, user: ~}", []),
    ("- null", ["!11:11 path"]), ("- {path: /a, append: [null]}", []),
    ("- {path: /a, contents: {source: 'data:;base64,c2-N'}}", ["!11:57 data-url-character"]),
    ("- {path: /a, contents: {source: \"data:,é b\"}}", ["!11:48 data-url-character"]),
    ("- {path: /a, contents: {source: \"data:,a\\x20b\"}}", ["!11:41 data-url-character"]),
    ("- {path: /a, contents: {source: 'data:text/plain'}}", ["!11:57 data-url-character"]),
    ("- {path: /a, contents: {source: 'data:,', httpHeaders: [{name: a, value: b}]}}", ["!11:65 source"]),
    (
      "- {path: /a, contents: {source: 'https://h/', httpHeaders: [{name: ''}]}}",
      ["11:41 source-not-data", "!11:69 source"]
    ),
    ("- {path: /a, append: [{source: 'data:,x'}]}", []),
    ("- {path: /a, append: true}", ["!11:30 type"]),
  ])
  func filesOfSpec3AreJudgedAsIgnitionDoes(entry: String, expected: [String]) {
    let reading = Intent.read(Intent.machineConfig(entry))
    #expect(reading.findings.filter { !$0.hasSuffix("ignored") } == expected, "\(reading.issues)")
  }

  @Test(arguments: [
    ("- {filesystem: root, path: /a, contents: {source: 'data:,', verification: {}}}", []),
    ("- {path: /a}", ["!11:11 filesystem"]),
    ("- {filesystem: root, path: /a}\n- {filesystem: root, path: /a}", ["11:11 empty-source", "12:11 empty-source"]),
    ("- {filesystem: root, path: /a, append: true, overwrite: true}", ["11:11 empty-source", "!11:11 overwrite"]),
    ("- {filesystem: root, path: /a, contents: {source: 'data:,', verification: {hash: sha256-1}}}", ["!11:90 hash"]),
  ])
  func filesOfSpec2AreJudgedAsIgnitionDoes(entry: String, expected: [String]) {
    let reading = Intent.read(Intent.machineConfig(entry, version: "2.2.0"))
    #expect(reading.findings == expected, "\(reading.issues)")
  }

  @Test(arguments: [
    ("2.0.0", []), ("2.1.0", []), ("2.2.0", []), ("3.0.0", []), ("3.5.0", []), ("2.3.0", ["operator-version"]),
    ("2.4.0", ["operator-version"]), ("3.6.0", ["operator-version"]),
    ("3.2", ["ignition-version"]), ("3.7.0", ["ignition-version"]), ("2.5.0", ["ignition-version"]),
    ("v3.2.0", ["ignition-version"]), ("03.02.0", []), ("3.2.1", ["ignition-version"]),
    ("3.2.0.0", ["ignition-version"]),
    ("3.2.0-x", ["ignition-version"]), ("3..0", ["ignition-version"]), ("3", ["ignition-version"]),
    ("1.0.0", ["ignition-version"]),
  ])
  func versionsAreKnownExactly(version: String, codes: [String]) {
    let reading = Intent.read(Intent.machineConfig("- {filesystem: root, path: /a}", version: version))
    #expect(reading.issues.map(\.code.rawValue).filter { $0 != "unknown-key" && $0 != "empty-source" } == codes)
  }

  @Test(arguments: [
    ("3.2.0", "01755", 0o755), ("3.5.0", "02644", 0o644), ("3.6.0", "01755", 0o1755), ("2.2.0", "01755", 0o755),
  ])
  func specialBitsTakeEffectFromSpec3_6On(version: String, mode: String, expected: UInt32) {
    let entry = "- {filesystem: root, path: \(Self.path), mode: \(mode), contents: {source: 'data:,'}}"
    let reading = Intent.read(Intent.machineConfig(entry, version: version))
    #expect(reading.state?.files.map(\.mode) == [FileMode(expected)])
  }

  @Test(arguments: [
    ("/etc//modprobe.d/./a.conf", "/etc/modprobe.d/a.conf"), ("/etc/x/../modprobe.d/a.conf/", "/etc/modprobe.d/a.conf"),
    ("/etc/modprobe.d/../cron.d/a.conf", nil),
  ])
  func pathsOfSpec2AreSimplified(written: String, path: String?) {
    let entry = "- {filesystem: root, path: \(written), contents: {source: 'data:,'}}"
    #expect(
      Intent.read(Intent.machineConfig(entry, version: "2.2.0")).state?.files.map(\.path) == (path.map { [$0] } ?? []))
  }

  @Test func fileSystemsOfSpec2LeadToTheRootOrAway() throws {
    let text = """
      {"ignition": {"version": "2.2.0"}, "storage": {
        "filesystems": [{"name": "etc", "path": "/etc/"}, {"name": "data", "mount": {"device": "/d", "format": "xfs"}}],
        "files": [
          {"filesystem": "etc", "path": "/modprobe.d/a.conf", "contents": {"source": "data:,x"}},
          {"filesystem": "data", "path": "/etc/modprobe.d/b.conf", "contents": {"source": "data:,x"}}]}}
      """
    let state = try #require(Intent.read(text).state)
    #expect(state.files.map(\.path) == ["/etc/modprobe.d/a.conf"])
    #expect(state.ignored.map(\.path) == ["/etc/modprobe.d/b.conf"])
  }

  /// The same path on the root and on another file system, in either order, and one over the other in a merge.
  @Test(arguments: [["root", "data"], ["data", "root"]])
  func whatIsOnAnotherFileSystemLeavesTheRootAlone(order: [String]) throws {
    func config(_ names: [String]) -> String {
      let files = names.map {
        #"{"filesystem": "\#($0)", "path": "/etc/modprobe.d/a.conf", "contents": {"source": "data:,\#($0)"}}"#
      }
      return """
        {"ignition": {"version": "2.2.0"}, "storage": {
          "filesystems": [{"name": "data", "mount": {"device": "/d", "format": "xfs"}}],
          "directories": [{"filesystem": "data", "path": "/etc/modprobe.d/a.conf"}],
          "links": [{"filesystem": "data", "path": "/etc/modprobe.d", "target": "/tmp"}],
          "files": [\(files.joined(separator: ","))]}}
        """
    }
    for reading in [Intent.read(config(order)), Intent.read(config([order[0]]), config([order[1]]))] {
      #expect(Intent.contents(reading, Self.path) == "root", "\(reading.issues)")
      #expect(reading.state?.ignored.map(\.reason) == ["it is on the file system 'data', not on the root file system"])
    }
  }

  @Test func twoSpellingsOfALetterAreTwoFiles() throws {
    let paths = ["/etc/modprobe.d/e\u{301}.conf", "/etc/modprobe.d/\u{E9}.conf"]
    let entries = paths.map { "- {path: \($0), overwrite: true, contents: {source: 'data:,'}}" }
    let whole = Intent.machineConfig(entries.joined(separator: "\n"))
    let parts = entries.enumerated().map { Intent.machineConfig($1, name: "\($0)") }
    for reading in [Intent.read(whole), Intent.read(parts[0], parts[1])] {
      let found = try #require(reading.state, "\(reading.issues)").files.map { Array($0.path.utf8) }
      #expect(found == paths.map { Array($0.utf8) })
    }
  }

  @Test func withoutASourceSpec2EmptiesTheFileAndSpec3KeepsIt() {
    for (version, contents) in [("2.2.0", Optional("")), ("3.2.0", nil)] {
      let reading = Intent.read(
        Intent.machineConfig("- {filesystem: root, path: /etc/modprobe.d/a.conf}", version: version))
      #expect(Intent.contents(reading, Self.path) == contents)
    }
  }

  @Test func ofAPathTwiceInSpec2TheLastCounts() {
    let reading = Intent.read(
      Intent.machineConfig(
        """
        - {filesystem: root, path: /etc/modprobe.d/a.conf, contents: {source: 'data:,1'}}
        - {filesystem: root, path: /etc/modprobe.d/a.conf, contents: {source: 'data:,2'}}
        """, version: "2.2.0"))
    #expect(Intent.contents(reading, Self.path) == "2")
  }

  @Test func appendingIsKeptApartFromTheContents() throws {
    let old = try #require(
      Intent.read(
        Intent.machineConfig(
          "- {filesystem: root, path: /etc/modprobe.d/a.conf, append: true, contents: {source: 'data:,x'}}",
          version: "2.2.0")
      ).state)
    #expect(old.files.map(\.contents) == [nil])
    #expect(old.files.map(\.appended) == [Array("x".utf8)])
    let new = try #require(
      Intent.read(
        Intent.machineConfig(
          "- {path: /etc/modprobe.d/a.conf, contents: {source: 'data:,a'}, append: [{source: 'data:,b'}, {source: 'data:,c'}]}"
        )
      ).state)
    #expect(new.files.map(\.appended) == [Array("bc".utf8)])
  }

  @Test func ownersAndSpecialBitsAreKept() throws {
    let state = try #require(
      Intent.read(
        Intent.machineConfig(
          "- {path: /etc/modprobe.d/a.conf, mode: 0600, user: {id: 5}, group: {name: wheel}, contents: {source: 'data:,'}}"
        )
      ).state)
    #expect(state.files.first?.mode == FileMode(0o600))
    #expect(state.files.first?.user == .id(5))
    #expect(state.files.first?.group == .name("wheel"))
  }

  @Test func gzipContentsAreInflatedAndHashesAreOfWhatComesOut() throws {
    let digest = ContentDigest.sha512(Array("sctp\n".utf8))
    func entry(_ hash: String) -> String {
      "- {path: /etc/modules-load.d/a.conf, contents: {compression: gzip, "
        + "source: 'data:;base64,\(GzipFixture.sctpBase64)', verification: {hash: \(hash)}}}"
    }
    let reading = Intent.read(Intent.machineConfig(entry("sha512-\(digest.uppercased())")))
    #expect(Intent.contents(reading, "/etc/modules-load.d/a.conf") == "sctp\n")
    let wrong = Intent.read(Intent.machineConfig(entry("sha512-" + String(repeating: "0", count: 128))))
    #expect(wrong.issues.map(\.code.rawValue) == ["hash-mismatch"])
    #expect(wrong.state == nil)
  }

  @Test func filesThroughLinksOfTheConfigAreRefused() {
    let text = """
      {"ignition": {"version": "3.2.0"}, "storage": {"links": [{"path": "/etc/modprobe.d", "target": "/tmp"}],
       "files": [{"path": "/etc/modprobe.d/a.conf"}]}}
      """
    #expect(Intent.read(text).issues.map(\.code.rawValue).contains("through-link"))
  }
}
