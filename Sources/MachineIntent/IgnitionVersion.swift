/// A version of Ignition's config specification.
struct IgnitionVersion: Hashable, Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int
  var isExperimental = false

  /// nil for text that is no version which Ignition reads: 2.0.0 to 2.4.0, 3.0.0 to 3.6.0, and the two that are being
  /// worked on.
  init?(_ text: String) {
    switch text {
    case "2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.4.0", "3.0.0", "3.1.0", "3.2.0", "3.3.0", "3.4.0", "3.5.0", "3.6.0":
      let parts = text.split(separator: ".").compactMap { Int($0) }
      (major, minor) = (parts[0], parts[1])
    case "2.5.0-experimental": (major, minor, isExperimental) = (2, 5, true)
    case "3.7.0-experimental": (major, minor, isExperimental) = (3, 7, true)
    default: return nil
    }
  }

  /// Whether the machine-config operator reads it: 2.2.0, and 3.0.0 to 3.5.0.
  var isForOperator: Bool { major == 2 ? minor == 2 : minor <= 5 }

  var description: String { "\(major).\(minor).0" + (isExperimental ? "-experimental" : "") }

  static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}
