/// A version of Ignition's config specification.
struct IgnitionVersion: Hashable, Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int
  var isExperimental = false

  /// nil for text that is no version which Ignition reads: 2.0.0 to 2.4.0, 3.0.0 to 3.6.0, and the two that are being
  /// worked on.
  init?(_ text: String) {
    switch text {
    case "2.5.0-experimental": (major, minor, isExperimental) = (2, 5, true)
    case "3.7.0-experimental": (major, minor, isExperimental) = (3, 7, true)
    default:
      // Leading zeros count for nothing.
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
  /// The first in which the set-user-ID, set-group-ID and sticky bits of a mode take effect.
  static let firstWithSpecialBits = Self(3, 6)

  /// Whether a source may come with HTTP headers.
  var hasHTTPHeaders: Bool { self >= (major == 2 ? Self(2, 4) : Self(3, 1)) }

  /// Whether the machine-config operator reads it: 2.2.0, and 3.0.0 to 3.5.0.
  var isForOperator: Bool { major == 2 ? minor == 2 : minor <= 5 }

  var description: String { "\(major).\(minor).0" + (isExperimental ? "-experimental" : "") }

  static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}
