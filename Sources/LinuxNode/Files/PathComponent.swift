import Glibc
import Linux

/// One name of a path in the kernel's form: any bytes except `/` and NUL, and a NUL at the end.
struct PathComponent: Hashable, Sendable {
  let bytes: [CChar]

  static let current = PathComponent(bytes: [CChar(UInt8(ascii: ".")), 0])

  private init(bytes: [CChar]) { self.bytes = bytes }

  init(_ name: UnsafePointer<CChar>) { bytes = Array(UnsafeBufferPointer(start: name, count: strlen(name) + 1)) }

  init(_ name: some Sequence<UInt8>) {
    var bytes = name.map { CChar(bitPattern: $0) }
    bytes.append(0)
    self.bytes = bytes
  }

  var isParent: Bool { bytes.count == 3 && bytes[0] == 46 && bytes[1] == 46 }

  /// Whether it names an entry, and not the directory itself or its parent.
  var isFileName: Bool { bytes.count > 1 && self != .current && !isParent }

  /// The name as text. Each byte that is not UTF-8 becomes U+FFFD and its two hexadecimal digits, so that different names
  /// stay different; a path with U+FFFD in it is never opened or written by this text.
  var text: String { Self.text(bytes) }

  /// The name as text; nil if it is not UTF-8.
  var validText: String? { String(validating: raw, as: UTF8.self) }

  /// Returns the text of a name that ends with NUL.
  static func text(_ name: UnsafePointer<CChar>) -> String {
    if let text = String(validatingCString: name) { return text }
    var text = ""
    var rest = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }[...]
    while let byte = rest.first {
      // No sequence of UTF-8 is longer than four bytes.
      if let character = (1...4).lazy.compactMap({ String(validating: rest.prefix($0), as: UTF8.self) }).first {
        text += character
        rest = rest.dropFirst(character.utf8.count)
      } else {
        text += "\u{FFFD}\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
        rest = rest.dropFirst()
      }
    }
    return text
  }

  /// The bytes without the NUL.
  var raw: [UInt8] { bytes.dropLast().map { UInt8(bitPattern: $0) } }

  /// Returns the components without empty ones and `.`. Throws EINVAL for a NUL, which no name can contain.
  static func split(_ path: some Collection<UInt8>) throws(Errno) -> [PathComponent] {
    guard !path.contains(0) else { throw Errno(EINVAL) }
    return path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(CollectionOfOne(UInt8(ascii: "."))) }
      .map { PathComponent($0) }
  }
}
