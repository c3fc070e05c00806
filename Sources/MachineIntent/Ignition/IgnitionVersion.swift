/// A version of Ignition's config specification.
struct IgnitionVersion: Hashable, Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int
  var isExperimental = false

  /// Parses a version as Ignition does. Returns nil for any text but 2.0.0 to 2.4.0, 3.0.0 to 3.6.0, and the two
  /// experimental versions.
  init?(_ text: String) {
    var text = text[...]
    // An empty pre-release or metadata counts as none (semver as go-semver reads it).
    if text.hasSuffix("+") { text.removeLast() }
    if text.hasSuffix("-") { text.removeLast() }
    switch text {
    case "2.5.0-experimental": (major, minor, isExperimental) = (2, 5, true)
    case "3.7.0-experimental": (major, minor, isExperimental) = (3, 7, true)
    default:
      // Leading zeros are ignored.
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        .compactMap { $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int($0) : nil }
      guard parts.count == 3, text.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2, parts[2] == 0,
        parts[0] == 2 && parts[1] <= 4 || parts[0] == 3 && parts[1] <= 6
      else { return nil }
      (major, minor) = (parts[0], parts[1])
    }
  }

  private init(_ major: Int, _ minor: Int) { (self.major, self.minor) = (major, minor) }

  /// The first of spec 3 that reads sources in Google Cloud Storage.
  static let firstWithGoogleStorage = Self(3, 2)
  /// The first that has kernel arguments.
  static let firstWithKernelArguments = Self(3, 3)
  /// The first that reads sources in S3 by their resource names.
  static let firstWithARN = Self(3, 4)
  /// The first that applies the set-user-ID, set-group-ID and sticky bits of a mode.
  static let firstWithSpecialBits = Self(3, 6)

  /// Whether a source can have HTTP headers.
  var hasHTTPHeaders: Bool { self >= (major == 2 ? Self(2, 4) : Self(3, 1)) }

  /// The versions for which `isForOperator` is true, as a message names them.
  static let operatorVersions = "2.0.0 to 2.2.0, or 3.0.0 to 3.5.0"

  /// Whether the machine-config operator reads it.
  var isForOperator: Bool { major == 2 ? minor <= 2 : minor <= 5 }

  var description: String { "\(major).\(minor).0" + (isExperimental ? "-experimental" : "") }

  static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}
