import Testing

@testable import MachineIntent

@Suite struct ElidedTextTests {
  private static let run = String(repeating: "aZ09%2F+/=-._~", count: 40)

  /// With long runs of word bytes in every kind of place, among them places behind them on the same line.
  @Test(arguments: [
    "a: \(run)\n", "a: '\(run)'\n", "a: \"\\x41\(run)\\n\(run)\"\n", "a: \"\\\(run)\"\n",
    "a: |\n  é\(run)\n   \(run)\n",
    "a: >\n  \(run)\n  \(run)\n", "a: \(run)\n  \(run)\nb: 1\n", "{a: \(run), é: \(run), c: [\(run), {d: 1}]}\n",
    "# \(run)\na: 1 # \(run)\nb: 2\n", "\(run)\n",
    "- é: 'é\(run)é' # x\n  \u{EFFF}: 1\n- \(run)\r\n- x: {y: \(run), z: w}\r\n",
    "\u{FEFF}a: [\(run), b]\n", "a: !!binary \(String(repeating: "YWJj", count: 200))\n",
    "a: \u{2028}\(run)\u{85}\(run)\nb: 2\n",
    "a: \(run): \(run)\n", "a: \(run)\n--- \(run)\n...\n%YAML 1.1\n---\n\(run)\n",
  ])
  func aTextIsReadTheSameWithoutTheMiddlesOfItsRuns(text: String) throws {
    let bytes = Array(text.utf8)
    let isElided = try bytes.withUnsafeBufferPointer { source in
      let elided = try #require(ElidedText(source))
      func described(_ elided: ElidedText?) -> String? {
        guard let tree = try? YAMLScan.scan(source, as: elided, limits: .standard, TreeOrigin(source: "f")) else {
          return nil
        }
        return "\(tree.entries) \(tree.roots) \(tree.indentations) \(String(decoding: tree.text, as: UTF8.self))"
      }
      #expect(described(elided) == described(nil))
      return elided.bytes.count < bytes.count / 2 + 200
    }
    #expect(isElided)
  }

  @Test(arguments: [
    String(repeating: "ab ", count: 300), "\u{F8FF} " + run, run + String(repeating: " x", count: 400), "",
  ])
  func whatWouldSaveLittleIsLeftAsItIs(text: String) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { ElidedText($0) == nil })
  }

  /// libyaml takes a key of up to 1024 characters, and any length behind a `?`.
  @Test(arguments: [
    ("KEY: 1\n", false), ("{\"KEY\": 1}\n", false), ("KEY KEY: 1\n", false), ("- KEY : 1\n", false),
    ("[KEY]: 1\n", false), ("? KEY\n: 1\n", true), ("a: KEY\n", true),
  ])
  func aKeyIsNoShorterForWhatIsLeftOutOfIt(text: String, isRead: Bool) {
    let key = String(repeating: "k", count: 1100)
    let bytes = Array(text.replacing("KEY", with: key).utf8)
    let tree = try? YAMLScan.tree(of: bytes, TreeOrigin(source: "f"), limits: .standard)
    #expect((tree != nil) == isRead)
  }

  @Test func aFaultHasItsPlaceInTheTextAsItIs() {
    let text = "a: \(Self.run) \"\nb: {c: \(Self.run), d: ]\n"
    let failure = #expect(throws: TreeFailure.self) {
      try YAMLScan.tree(of: Array(text.utf8), TreeOrigin(source: "f"), limits: .standard)
    }
    #expect(failure?.line == 2)
    #expect(failure?.column == Self.run.utf8.count + 13)
  }
}
