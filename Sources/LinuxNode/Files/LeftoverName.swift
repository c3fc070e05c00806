/// The names of temporary files. An agent recognizes those of a killed agent by them.
enum LeftoverName {
  /// The mode of a temporary file that is not complete yet. No other file has it.
  static let unfinishedMode: UInt32 = 0o200
  private static let prefix = ".sctp-agent."
  private static let suffix = ".tmp"

  static func random() -> PathComponent {
    let digits = String(UInt64.random(in: .min ... .max), radix: 36)
    return PathComponent((prefix + digits + suffix).utf8)
  }

  static func matches(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }
}
