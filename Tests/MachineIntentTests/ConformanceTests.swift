import Modprobe
import NodeTesting
import Testing

@testable import MachineIntent

/// What Ignition, the machine-config operator, kmod and systemd gave for inputs from public sources.
@Suite struct ConformanceTests {
  @Test(.needsCases("dataurl")) func dataURLsAreTakenAndDecodedAsIgnitionDoes() throws {
    let cases = SharedCases("dataurl")
    let vectors = try cases.json("vectors.json").elements
    var agreed = 0
    for vector in vectors {
      let input = try #require(vector["input"])
      let verdict = try #require(vector["expect"] ?? vector["ignition_2_15"]).text
      let decoded = try? DataURL(input.bytes).decoded()
      var agrees = (decoded != nil) == (verdict == "accept")
      if let data = vector["data"], !data.isNull { agrees = agrees && decoded == Array(data.bytes) }
      if let digest = vector["ignition_sha256"], !digest.isNull {
        agrees = agrees && decoded.map(ContentDigest.sha256) == digest.text
      }
      #expect(agrees, "\(input.text)")
      agreed += agrees ? 1 : 0
    }
    print("dataurl: \(agreed) of \(vectors.count) agree")
  }

  @Test(.needsCases("machineconfig-real")) func machineConfigsAreReadAsIgnitionDoes() throws {
    let cases = SharedCases("machineconfig-real")
    let expected = try cases.json("expected-ignition.json").pairs
    var agreed = 0
    for (file, verdict) in expected {
      var findings = Findings()
      var search = MachineConfigSearch(limits: .standard)
      search.read(IntentDocument(name: file.text, bytes: try cases.contents(of: file.text)), &findings)
      let wanted = verdict["machineconfigs"]?.elements ?? []
      var agrees = findings.hasErrors == (verdict["yaml"]?.text == "error")
      agrees = agrees && search.objects.count == wanted.count
      for (object, wanted) in zip(search.objects, wanted) where agrees { agrees = try Self.agree(object, wanted) }
      #expect(agrees, "\(file.text): \(findings.issues)")
      agreed += agrees ? 1 : 0
    }
    print("machineconfig-real: \(agreed) of \(expected.count) agree")
  }

  private static func agree(_ object: MachineConfigObject, _ wanted: ConfigNode) throws -> Bool {
    let name = wanted["name"].flatMap { $0.isNull ? nil : $0.text } ?? ""
    guard object.name == name, object.config?.version.description == wanted["ignition"]?.text else { return false }
    let oracle = try #require(wanted["oracle"])
    let entries = oracle["files"]?.elements ?? []
    let files = object.config?.files ?? []
    if case .int(let total)? = oracle["files_total"]?.value, files.count != Int(total) { return false }
    var reader = FileContents(limits: .standard)
    var findings = Findings()
    for entry in entries {
      guard let file = files.first(where: { $0.path == entry["path"]?.text }) else { return false }
      guard case .bytes(let bytes) = reader.read(file.contents, of: file.path, &findings) else { return false }
      guard ContentDigest.sha256(bytes) == entry["sha256"]?.text else { return false }
      if case .int(let mode)? = entry["mode"]?.value, file.mode != Int(mode) { return false }
    }
    return oracle["files_total"] != nil || oracle["files"] == nil || files.count >= entries.count
  }

  @Test(.needsCases("machineconfig-real")) func whatMachineConfigsMakeOfANodeIsWhatKmodAndSystemdSaw() throws {
    let cases = SharedCases("machineconfig-real")
    let expected = try cases.json("expected-endstate.json").pairs
    var agreed = 0
    for (key, verdict) in expected {
      let parts = key.text.split(separator: "#")
      let path = String(parts[0])
      var findings = Findings()
      var search = MachineConfigSearch(limits: .standard)
      search.read(IntentDocument(name: path, bytes: try cases.contents(of: path)), &findings)
      let object = search.objects[try #require(Int(parts[1]))]
      var assembly = DesiredStateBuilder(limits: .standard)
      assembly.add(MergedConfig([object]), &findings)
      let state = assembly.state(sources: [], machineConfigs: [], issues: [])
      let boot = verdict["boot_modules"]?.elements.map { ModuleName($0.text) } ?? []
      // The stock files stand in the way of sctp unless the object empties them.
      let clears = state.files.contains { $0.path == "/etc/modprobe.d/sctp-blacklist.conf" && $0.contents == [] }
      let sctp = ModuleName("sctp")
      let enabled = clears && state.wanted.contains(sctp) && !state.keptOut.contains(sctp)
      let agrees = state.wanted == boot && enabled == (verdict["verdict"]?.text == "enabled-at-boot")
      #expect(agrees, "\(key.text): \(state.wanted) \(findings.issues)")
      agreed += agrees ? 1 : 0
    }
    print("machineconfig-real, end state: \(agreed) of \(expected.count) agree")
  }

  /// Judges only what concerns versions, files, contents and modes; whatever Ignition accepts must be accepted.
  @Test(.needsCases("ignition")) func ignitionConfigsAreAcceptedAsIgnitionDoes() throws {
    let cases = SharedCases("ignition")
    let lines = try cases.contents(of: "cases.jsonl").split(separator: 0x0A)
    let rows = try lines.map { try SharedCases.node(Array($0)) }
    // Each of Ignition's parsers stops at its own version; what one of them accepts is accepted.
    let accepted = Set(rows.filter(Self.isAccepted).compactMap { $0["input"]?.text })
    var agreed = 0
    var judged = 0
    for row in rows {
      let input = try #require(row["input"])
      let mustAccept = accepted.contains(input.text)
      let report = Self.verdicts(row).compactMap { $0["report"]?.text }.joined()
      let mustReject =
        !mustAccept && (row["error"]?.text == "ErrUnknownVersion" || report.contains("error at $.storage.files."))
      guard mustAccept || mustReject else { continue }
      judged += 1
      var findings = Findings()
      var search = MachineConfigSearch(limits: .standard)
      let text = Self.replacing("$version", with: row["min_version"]?.text ?? "", in: input.text)
      search.read(IntentDocument(name: "config", bytes: Array(text.utf8)), &findings)
      let isAccepted = !findings.hasErrors && (!search.objects.isEmpty || input.bytes.isEmpty)
      let agrees = isAccepted == mustAccept
      #expect(agrees, "\(input.text.prefix(300)): \(findings.issues) \(row["name"]?.text ?? "") \(report)")
      agreed += agrees ? 1 : 0
    }
    print("ignition: \(agreed) of \(judged) agree, \(lines.count - judged) concern other sections")
  }

  private static func isAccepted(_ row: ConfigNode) -> Bool {
    row["expect"]?.text == "accept" || verdicts(row).contains { $0["error"]?.isNull ?? false }
  }

  /// What the released programs said.
  private static func verdicts(_ row: ConfigNode) -> [ConfigNode] {
    [row["oracle_ignition-2.15.0"], row["oracle_spec2x"]].compactMap(\.self)
  }

  private static func replacing(_ word: String, with other: String, in text: String) -> String {
    var parts: [Substring] = []
    var rest = text[...]
    while let start = rest.indices.first(where: { rest[$0...].hasPrefix(word) }) {
      parts += [rest[..<start], other[...]]
      rest = rest[start...].dropFirst(word.count)
    }
    return (parts + [rest]).joined()
  }
}
