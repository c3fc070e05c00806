import Modprobe
import Testing

@testable import MachineIntent

@Suite struct RenderingTests {
  @Test func spec2IsTheDocumentedObjectToTheByte() throws {
    let rendering = try MachineConfigRendering(version: "2.2.0")
    #expect(rendering.machineConfigs.map(\.yaml) == [String(decoding: BuiltinIntent.document.bytes, as: UTF8.self)])
  }

  @Test(arguments: ["2.2.0", "3.0.0", "3.1.0", "3.2.0", "3.3.0", "3.4.0", "3.5.0"], [false, true])
  func everyVersionIsCleanAndMeansTheBuiltinIntent(version: String, asJSON: Bool) throws {
    let object = try MachineConfigRendering(version: version).machineConfigs[0]
    let document = Intent.document(asJSON ? object.json : object.yaml)
    #expect(IntentReader.lint([document]) == [])
    let state = try #require(IntentReader.read([document]).state)
    let builtin = try #require(IntentReader.read([BuiltinIntent.document]).state)
    #expect(state.digest == builtin.digest)
  }

  @Test func `every version declares the documented files to the byte`() throws {
    let sources = try ["2.2.0", "3.0.0", "3.2.0", "3.5.0"].map { version in
      try MachineConfigRendering(version: version).machineConfigs[0].yaml
        .split(separator: "\n").filter { $0.contains("source:") }.map { $0.drop { " -".contains($0) } }
    }
    #expect(Set(sources) == [["source: data:,", "source: data:text/plain;charset=utf-8,sctp"]])
  }

  @Test func `a tree with the policy applies the policy first`() throws {
    let tree = KustomizeTree(try MachineConfigRendering(), withPolicy: true)
    let root = try #require(tree.files.first { $0.path == "kustomization.yaml" })
    #expect(root.contents.hasSuffix("resources:\n  - policy\n  - overlays/worker\nsortOptions:\n  order: fifo\n"))
  }

  @Test func severalRolesAndModulesGiveAnObjectEach() throws {
    let rendering = try MachineConfigRendering(roles: ["worker", "123"], modules: ["sctp", "sctp_diag"])
    let documents = rendering.machineConfigs.map { Intent.document($0.yaml) }
    #expect(IntentReader.lint(documents) == [])
    let state = try #require(IntentReader.read(documents).state)
    #expect(state.machineConfigs == ["load-sctp-module-worker", "load-sctp-module-123"])
    #expect(state.wanted == [ModuleName("sctp"), ModuleName("sctp_diag")])
    #expect(IntentReader.read(documents, roles: ["123"]).state?.machineConfigs == ["load-sctp-module-123"])
    #expect(IntentReader.lint(documents + [Intent.document(rendering.nodeDisruptionPolicy.yaml)]) == [])
  }

  @Test(arguments: [
    ("A", "worker", "sctp", "3.2.0"), ("", "worker", "sctp", "3.2.0"), ("a", "w.x", "sctp", "3.2.0"),
    ("a", "-w", "sctp", "3.2.0"), ("a", "worker", "../x", "3.2.0"), ("a", "worker", "", "3.2.0"),
    ("a", "worker", "sctp", "3.6.0"), ("a", "worker", "sctp", "2.3.0"), ("a", "worker", "sctp", "x"),
  ])
  func whatAMachineConfigCannotHoldIsRefused(name: String, role: String, module: String, version: String) {
    #expect(throws: MachineConfigRendering.Refusal.self) {
      try MachineConfigRendering(name: name, roles: [role], modules: [module], version: version)
    }
  }

  @Test func theTreeHasABaseAndAnOverlayForEachRole() throws {
    let tree = KustomizeTree(try MachineConfigRendering(roles: ["worker", "master"]), withPolicy: true)
    #expect(
      tree.files.map(\.path) == [
        "base/kustomization.yaml", "base/machine-config.yaml", "overlays/worker/kustomization.yaml",
        "overlays/worker/role.yaml", "overlays/master/kustomization.yaml", "overlays/master/role.yaml",
        "policy/kustomization.yaml", "policy/node-disruption-policy.yaml", "kustomization.yaml",
      ])
    #expect(tree.files.allSatisfy { $0.contents.hasPrefix(KustomizeTree.marker + "\n") })
    let issues = IntentReader.lint(tree.files.map { Intent.document($0.contents, name: $0.path) })
    #expect(issues.allSatisfy { $0.code == .kustomization && $0.severity == .warning }, "\(issues)")
    // A kustomization names only what is there.
    for file in tree.files where file.path.hasSuffix("kustomization.yaml") {
      let root = try #require(
        try YAMLScan.tree(of: Array(file.contents.utf8), TreeOrigin(source: file.path), limits: .standard).documents
          .first)
      let folder = file.path.split(separator: "/").dropLast()
      for resource in root["resources"]?.elements ?? [] {
        var parts = folder
        for part in resource.text.split(separator: "/") {
          if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
        }
        let path = parts.joined(separator: "/")
        #expect(tree.files.contains { $0.path == path || $0.path == path + "/kustomization.yaml" }, "\(path)")
      }
    }
  }

  @Test(arguments: [
    "plain", "", "420", "true", "null", "a: b", "a #b", "- a", "#a", "a:", "é", "a\nb", "\"", "\\", "{a", "*a", "0x1",
    "~",
    "data:,", "data:text/plain;charset=utf-8,sctp", " a", "a ", "\u{7F}", "\u{2028}", "@a", "=", "<<", "-", "?", "a\tb",
  ])
  func whatIsPrintedIsReadBack(text: String) throws {
    let manifest = Manifest.object([("a", .list([.string(text), .object([("b", .string(text)), ("c", .int(3))])]))])
    for (printed, isJSON) in [(manifest.yaml, false), (manifest.json, true)] {
      let tree =
        isJSON
        ? try JSONScan.tree(of: Array(printed.utf8), TreeOrigin(source: "f"), limits: .standard)
        : try YAMLScan.tree(of: Array(printed.utf8), TreeOrigin(source: "f"), limits: .standard)
      let list = try #require(tree.documents.first?["a"]?.elements)
      for node in [list[0], try #require(list[1]["b"])] {
        #expect(node.value == .string, "\(printed)")
        #expect(node.text == text, "\(printed)")
      }
      #expect(list[1]["c"]?.value == .int(3))
    }
  }
}
