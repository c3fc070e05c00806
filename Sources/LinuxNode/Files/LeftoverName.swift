/// The names of temporary files, by which a successor knows those of a crashed agent.
enum LeftoverName {
  private static let prefix = ".sctp-agent."
  private static let suffix = ".tmp"

  static func random() -> PathComponent {
    let digits = String(UInt64.random(in: .min ... .max), radix: 36)
    return PathComponent((prefix + digits + suffix).utf8)
  }

  static func matches(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }
}
