import Testing

@testable import sctp_agent

private func diff(_ old: String?, _ new: String?) -> String {
  UnifiedDiff.text(old: old.map { Array($0.utf8) }, new: new.map { Array($0.utf8) }, path: "/etc/f")
}

@Suite struct UnifiedDiffTests {
  @Test func `a new file is all insertions`() {
    #expect(
      diff(nil, "sctp") == "--- /dev/null\n+++ b/etc/f\n@@ -0,0 +1 @@\n+sctp\n\\ No newline at end of file\n")
  }

  @Test func `an emptied file is all removals`() {
    #expect(diff("a\nb\n", "") == "--- a/etc/f\n+++ b/etc/f\n@@ -1,2 +0,0 @@\n-a\n-b\n")
  }

  @Test func `a change has three lines of context`() {
    let old = (1...9).map { "\($0)\n" }.joined()
    #expect(
      diff(old, old.replacing("5", with: "five"))
        == "--- a/etc/f\n+++ b/etc/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n")
  }

  @Test func `distant changes are hunks of their own`() {
    let old = (10...40).map { "\($0)\n" }.joined()
    let text = diff(old, old.replacing("11", with: "x").replacing("39", with: "y"))
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -1,5 +1,5 @@", "@@ -27,5 +27,5 @@"])
  }

  @Test func `of more lines than anybody reads only the number is shown`() {
    let newlines = String(repeating: "\n", count: 1_000_000)
    #expect(
      diff(newlines, "")
        == "--- a/etc/f\n+++ b/etc/f\n# the two have 1000000 lines together, which is too many to show\n")
    #expect(diff(nil, String(repeating: "\n", count: 20_000)).contains("@@ -0,0 +1,20000 @@"))
  }

  @Test func `long files are compared line by line`() {
    let old = (0..<4000).map { "old \($0)\n" }
    var new = (0..<3999).map { "new \($0)\n" }
    new[2000] = old[2000]
    let text = diff(old.joined(), new.joined())
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -1,4000 +1,3999 @@"])
    let lines = text.split(separator: "\n").dropFirst(3)
    #expect(lines.filter { $0.hasPrefix("-") }.count == 3999)
    #expect(lines.filter { $0.hasPrefix("+") }.count == 3998)
    #expect(lines.filter { $0.hasPrefix(" ") } == [" old 2000"])
  }
}
