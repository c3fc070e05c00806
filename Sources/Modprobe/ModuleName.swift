/// A kernel module's name, in the one spelling that compares: `-` folded to `_`, except inside `[…]`.
///
/// Source: libkmod's `modname_normalize` and `alias_normalize`; modprobe.d(5), "COMMANDS".
package struct ModuleName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(_ spelling: some StringProtocol) {
    var insideBrackets = false
    rawValue = String(
      spelling.map { character in
        switch character {
        case "[": insideBrackets = true
        case "]": insideBrackets = false
        case "-" where !insideBrackets: return "_"
        default: break
        }
        return character
      })
  }

  package var description: String { rawValue }

  package static func < (left: ModuleName, right: ModuleName) -> Bool { left.rawValue < right.rawValue }
}
