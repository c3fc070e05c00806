/// One file of sysctl.d, or `/etc/sysctl.conf`, as systemd-sysctl and procps' sysctl read it.
///
/// Source: sysctl.d(5). A line holds `KEY = VALUE`; blank lines and those that begin with `#` or `;` say nothing. Where
/// the key's first separator is a slash, dots are literal; else dots separate and slashes are literal dots. A `-`
/// before the key allows the setting to fail.
package struct SysctlFile: Sendable {
  package let settings: [SysctlSetting]

  package init(path: String, contents: [UInt8]) {
    var settings: [SysctlSetting] = []
    for (index, line) in contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      guard let first = line.first(where: { !$0.isBlank }), first != UInt8(ascii: "#"), first != UInt8(ascii: ";")
      else { continue }
      let text = String(decoding: line, as: UTF8.self)
      let words = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
      guard words.count == 2 else { continue }
      let key = Self.path(of: words[0].first == "-" ? Self.trimmed(words[0].dropFirst()) : words[0])
      guard !key.isEmpty else { continue }
      settings.append(
        SysctlSetting(path: key, value: Self.words(of: words[1]), location: RuleLocation(file: path, line: index + 1)))
    }
    self.settings = settings
  }

  private static func trimmed(_ text: some StringProtocol) -> Substring {
    var text = Substring(text).drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func words(of text: Substring) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func path(of key: Substring) -> String {
    guard let separator = key.first(where: { $0 == "." || $0 == "/" }), separator == "." else { return String(key) }
    return String(key.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
  }
}

/// A value that a file wants a setting of the kernel to have.
package struct SysctlSetting: Hashable, Sendable {
  /// Below `/proc/sys`, and possibly a pattern: `net/sctp/rto_min`, `net/sctp/*`.
  package let path: String
  /// With single blanks between its words.
  package let value: String
  package let location: RuleLocation

  /// As people write it: `net.sctp.rto_min`.
  package var key: String { Self.key(of: path) }

  /// As people write the path of a setting below `/proc/sys`.
  package static func key(of path: String) -> String {
    String(path.map { $0 == "/" ? "." : $0 == "." ? "/" : $0 })
  }

  /// Whether it is about the setting of this path below `/proc/sys`; patterns are those of glob(7).
  package func matches(_ path: String) -> Bool {
    let (pattern, text) = (Array(self.path.utf8), Array(path.utf8))
    return pattern.withUnsafeBufferPointer { pattern in
      text.withUnsafeBufferPointer { ShellPattern.matches(pattern, $0) }
    }
  }
}
