/// The permission and special bits of a file, `0` to `07777`.
package struct FileMode: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt32

  package init(_ rawValue: UInt32) { self.rawValue = rawValue & 0o7777 }

  /// Returns nil if the text is not an octal number from 0 to 7777.
  package init?(octal: String) {
    guard let value = UInt32(octal, radix: 8), value <= 0o7777 else { return nil }
    rawValue = value
  }

  /// The mode in at least four octal digits, such as `0644`.
  package var description: String {
    let digits = String(rawValue, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
