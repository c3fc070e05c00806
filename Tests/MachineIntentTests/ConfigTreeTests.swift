import Testing

@testable import MachineIntent

@Suite struct ConfigTreeTests {
  private func yaml(_ text: String) throws(TreeFailure) -> ConfigTree {
    try YAMLScan.tree(of: Array(text.utf8), TreeOrigin(source: "f"), limits: .standard)
  }

  private func json(_ text: String) throws(TreeFailure) -> ConfigTree {
    try JSONScan.tree(of: Array(text.utf8), TreeOrigin(source: "f"), limits: .standard)
  }

  @Test func everyNodeKnowsItsPlaceInCharacters() throws {
    let root = try #require(try yaml("a:\n  - é: 1\n    b: [x, y]\n").documents.first)
    let entry = try #require(root["a"]?.elements.first)
    #expect(entry["é"]?.location.description == "f:2:8")
    #expect(entry["b"]?.elements.last?.location.description == "f:3:12")
    let object = try #require(try json("{\"é\": 1,\n \"ü\": [\"x\", true]}").documents.first)
    #expect(object["é"]?.location.description == "f:1:7")
    #expect(object["ü"]?.elements.last?.location.description == "f:2:13")
  }

  /// The place of the byte `!` in the value of `a`.
  @Test(arguments: [
    ("a: x!", "1:5"), ("a: 'x!'", "1:6"), ("a: \"é!\"", "1:6"), ("a: \"\\x41!\"", "1:4"), ("a: 'it''s!'", "1:4"),
    ("a: |\n  xé\n   y!z\n", "3:5"), ("a: |2\n   x!", "2:5"), ("a: >\n  x\n  !", "1:4"), ("a: x\n  y!", "1:4"),
    ("a: !!str x!", "1:4"), ("{\"a\": \"é!\"}", "1:9"), ("{\"a\":\n\"\\u0041!\"}", "2:1"), ("b: &b x!\na: *b", "2:4"),
  ])
  func aByteOfATextHasAPlaceWhereItStandsAsItIs(text: String, place: String) throws {
    let tree = JSONScan.looksLikeJSON(Array(text.utf8)) ? try json(text) : try yaml(text)
    let value = try #require(tree.documents.first?["a"])
    let offset = try #require(value.bytes.firstIndex(of: UInt8(ascii: "!"))) - value.bytes.startIndex
    #expect(value.location(ofByte: offset).description == "f:\(place)")
  }

  @Test(arguments: [
    ("", "a b "), ("", "a"), ("a: ", "1"), ("'", "a b "), ("\"", "a b "), ("!", "a"), ("!", "!"), ("&a ", "a b "),
    ("# ", "a b "),
    ("a: |\n ", "a b "),
  ])
  func aTokenWithoutEndIsRefusedBeforeItIsGathered(start: String, piece: String) {
    let text = start + String(repeating: piece, count: 200_000)
    var limits = IntentLimits()
    limits.token = 100_000
    func tree(_ text: String) throws -> ConfigTree {
      try YAMLScan.tree(of: Array(text.utf8), TreeOrigin(source: "f"), limits: limits)
    }
    #expect { try tree(text) } throws: { ($0 as? TreeFailure)?.code == .tooLarge }
  }

  @Test func manyLongValuesAreNoToken() throws {
    let text = String(repeating: "- " + String(repeating: "a", count: 99_000) + "\n", count: 40)
    var limits = IntentLimits()
    limits.token = 120_000
    let tree = try YAMLScan.tree(of: Array(text.utf8), TreeOrigin(source: "f"), limits: limits)
    #expect(tree.documents.first?.elements.count == 40)
    #expect(tree.documents.first?.elements.allSatisfy { $0.bytes.count == 99_000 } == true)
  }

  @Test(arguments: [
    (#""\/""#, "/"), (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"), (#""\u0000""#, "\0"), (#""é\t""#, "é\t"),
    ("\"\u{2028}\u{85}\u{7F}\"", "\u{2028}\u{85}\u{7F}"), (#""\\n""#, "\\n"), ("\t\n \"x\"", "x"),
  ])
  func stringsOfJSONAreThoseOfGo(text: String, value: String) throws {
    #expect(try json(text).documents.first?.text == value)
  }

  @Test func bytesThatAreNotUTF8BecomeReplacementCharacters() throws {
    let tree = try JSONScan.tree(of: [0x22, 0x61, 0xFF, 0x22], TreeOrigin(source: "f"), limits: .standard)
    #expect(tree.documents.first?.text == "a\u{FFFD}")
  }

  @Test(arguments: [
    "{", "[1,]", "{\"a\" 1}", "{a: 1}", "01", "1.", "+1", "\"a\nb\"", "\"\\x\"", "nul", "[1 2]", "{\"a\":1,}",
    "\"\\u12\"",
  ])
  func whatIsNotJSONIsRefusedWithItsPlace(text: String) {
    #expect(throws: TreeFailure.self) { try json(text) }
  }

  @Test func aFlowMappingOfYAMLIsNotMistakenForJSON() throws {
    var findings = Findings()
    let tree = SourceText(limits: .standard).tree(of: Array("{a: 1}".utf8), TreeOrigin(source: "f"), &findings)
    #expect(tree?.documents.first?["a"]?.value == .int(1))
    #expect(findings.issues.isEmpty)
  }

  @Test func keysMayBeLongAndFarFromTheirValues() throws {
    let key = String(repeating: "k", count: 3000)
    #expect(try json("{\"\(key)\"\n:\n1}").documents.first?.pairs.first?.value.value == .int(1))
  }

  @Test func severalDocumentsStandInOneText() throws {
    #expect(try yaml("a: 1\n---\n---\nb: 2\n...\n").documents.count == 3)
    #expect(try json("{} [] 1").documents.count == 3)
    #expect(try yaml("# nothing\n").documents.isEmpty)
  }

  @Test func aliasesAndMergeKeysAreFollowed() throws {
    let root = try #require(
      try yaml("base: &b {x: 1, y: 2}\nc: {<<: *b, y: 3}\nd: *b\ne: {<<: [*b, {z: 4}]}\n").documents.first)
    #expect(root["c"]?["x"]?.value == .int(1))
    #expect(root["c"]?["y"]?.value == .int(3))
    #expect(root["d"]?["y"]?.value == .int(2))
    #expect(root["e"]?.pairs.map(\.key.text) == ["x", "y", "z"])
  }

  @Test func theLastOfTwoEqualKeysCounts() throws {
    let root = try #require(try yaml("a: 1\nA: 2\na: 3\n").documents.first)
    #expect(root["a"]?.value == .int(3))
    #expect(root[folding: "A"]?.value == .int(3))
    #expect(root["b"] == nil)
  }

  @Test func tagsDecideWhatAScalarMeans() throws {
    let root = try #require(try yaml("a: !!str 1\nb: !!int '1'\nc: !!binary aGk=\nd: !x 1\n").documents.first)
    #expect(root["a"]?.value == .string)
    #expect(root["b"]?.value == .int(1))
    #expect(root["c"]?.text == "hi")
    #expect(root["d"]?.value == .string)
  }

  @Test(arguments: [
    ("a: &a [*a]\n", IssueCode.aliasBomb), ("a: *b\n", .syntax), ("a: [\n", .syntax), ("a: b: c\n", .syntax),
    ("\t- a\n", .syntax), (String(repeating: "[", count: 101), .tooDeep),
    (String(repeating: "- ", count: 101), .tooDeep),
  ])
  func brokenOrHostileYAMLIsRefused(text: String, code: IssueCode) {
    #expect("\(text.prefix(40))") { try yaml(text) } throws: { ($0 as? TreeFailure)?.code == code }
  }

  @Test func manyDirectivesAreRefused() {
    let text = String(repeating: "%TAG !a! x\n", count: 1001)
    #expect { try yaml(text) } throws: { ($0 as? TreeFailure)?.code == .tooMany }
  }

  @Test func anAliasBombIsRefusedWithoutBeingBuilt() {
    var text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
    }
    #expect { try yaml(text) } throws: { ($0 as? TreeFailure)?.code == .aliasBomb }
  }

  @Test func moreValuesThanTheLimitAreRefused() throws {
    var limits = IntentLimits()
    limits.nodes = 10
    func tree(_ text: String) throws -> ConfigTree {
      try YAMLScan.tree(of: Array(text.utf8), TreeOrigin(source: "f"), limits: limits)
    }
    #expect(try tree("[1,2,3,4,5,6,7,8,9]").documents.count == 1)
    #expect { try tree("[1,2,3,4,5,6,7,8,9,10]") } throws: { ($0 as? TreeFailure)?.code == .tooMany }
  }
}
