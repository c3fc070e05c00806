/// The name of a kernel module in its normal form: every `-` outside of `[…]` becomes `_`.
///
/// Source: libkmod's `modname_normalize` and `alias_normalize`; modprobe.d(5), "COMMANDS".
package struct ModuleName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(_ spelling: some StringProtocol) { self.init(String(spelling)) }

  package init(_ spelling: String) {
    guard spelling.utf8.contains(UInt8(ascii: "-")) else {
      rawValue = spelling
      return
    }
    var bytes = Array(spelling.utf8)
    bytes.withUnsafeMutableBufferPointer { $0.foldDashes() }
    rawValue = String(decoding: bytes, as: UTF8.self)
  }

  /// Makes a name from bytes. Bytes that are not UTF-8 are replaced, so the name is not the name of a module.
  package init(bytes: some Collection<UInt8>) {
    self.init(String(decoding: bytes, as: UTF8.self))
  }

  package var description: String { rawValue }

  package static func < (left: ModuleName, right: ModuleName) -> Bool { left.rawValue < right.rawValue }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Replaces every `-` outside of brackets by `_`.
  func foldDashes() {
    var insideBrackets = false
    for index in indices {
      switch self[index] {
      case UInt8(ascii: "["): insideBrackets = true
      case UInt8(ascii: "]"): insideBrackets = false
      case UInt8(ascii: "-") where !insideBrackets: self[index] = UInt8(ascii: "_")
      default: break
      }
    }
  }
}
