/// A version of systemd, such as 252: how it reads modules-load.d changed in 262.
package struct SystemdVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: Int

  /// The newest version whose rules are known. It is also used for newer and for unknown versions.
  package static let newest = SystemdVersion(262)

  package init(_ number: Int) { self.number = number }

  /// Takes the version from the name of systemd's private library, such as `libsystemd-shared-252-32.el9.so`; returns nil
  /// for other names.
  package init?(libraryName name: String) {
    let prefix = "libsystemd-shared-"
    guard name.hasPrefix(prefix), name.hasSuffix(".so") else { return nil }
    guard let number = Int(name.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber }) else { return nil }
    self.number = number
  }

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  package var description: String { "\(number)" }

  /// Whether a dangling link hides the files of its name in directories of lower precedence: until 261.
  var danglingLinksHide: Bool { number < 262 }
  /// Whether a module that several lines name is tried once only: since 262.
  package var dropsDuplicates: Bool { number >= 262 }
}
