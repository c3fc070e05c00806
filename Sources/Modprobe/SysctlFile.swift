/// One file of sysctl.d, or `/etc/sysctl.conf`, as systemd-sysctl and procps' sysctl read it.
///
/// Source: sysctl.d(5). A line has the form `KEY = VALUE`. Blank lines and lines that begin with `#` or `;` are ignored. If
/// the first separator of the key is a slash, dots are literal; otherwise dots separate, and a slash is a literal dot. A `-`
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

/// A value that a file gives to a setting of the kernel.
package struct SysctlSetting: Hashable, Sendable {
  /// The path below `/proc/sys`, which may be a pattern: `net/sctp/rto_min`, `net/sctp/*`.
  package let path: String
  /// The value, with single blanks between its words.
  package let value: String
  package let location: RuleLocation

  /// The key with dots, such as `net.sctp.rto_min`.
  package var key: String { Self.key(of: path) }

  /// Returns the key with dots for a path below `/proc/sys`.
  package static func key(of path: String) -> String {
    String(path.map { $0 == "/" ? "." : $0 == "." ? "/" : $0 })
  }

  /// Whether the kernel starts no program, or one that loads nothing, for this value of `kernel.modprobe`.
  @Sendable package static func turnsAutoloadOff(_ program: String) -> Bool {
    program.isEmpty || program.hasSuffix("/true") || program.hasSuffix("/false")
  }

  /// Whether it sets the setting with this path below `/proc/sys`. Patterns are those of glob(7).
  package func matches(_ path: String) -> Bool {
    let (pattern, text) = (Array(self.path.utf8), Array(path.utf8))
    return pattern.withUnsafeBufferPointer { pattern in
      text.withUnsafeBufferPointer { ShellPattern.matches(pattern, $0) }
    }
  }
}
