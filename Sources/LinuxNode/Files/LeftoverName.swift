/// The names of temporary files, by which an agent recognizes those of a killed one.
enum LeftoverName {
  /// The mode of a temporary file that is not whole yet, which no file has for another reason.
  static let unfinishedMode: UInt32 = 0o200
  private static let prefix = ".sctp-agent."
  private static let suffix = ".tmp"

  static func random() -> PathComponent {
    let digits = String(UInt64.random(in: .min ... .max), radix: 36)
    return PathComponent((prefix + digits + suffix).utf8)
  }

  static func matches(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }
}
