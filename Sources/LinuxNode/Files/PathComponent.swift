import Glibc

/// One name of a path as the kernel takes it: any bytes but `/` and NUL, ended by NUL.
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

  /// True of what names an entry, and not the directory itself or its parent.
  var isFileName: Bool { bytes.count > 1 && self != .current && !isParent }

  /// The name for people; bytes that are no UTF-8 become U+FFFD.
  var text: String { String(decoding: raw, as: UTF8.self) }

  /// Without the NUL.
  var raw: [UInt8] { bytes.dropLast().map { UInt8(bitPattern: $0) } }

  /// The components without empty ones and `.`; a NUL is refused with EINVAL as no file can bear it.
  static func split(_ path: some Collection<UInt8>) throws(Errno) -> [PathComponent] {
    guard !path.contains(0) else { throw Errno(EINVAL) }
    return path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(CollectionOfOne(UInt8(ascii: "."))) }
      .map { PathComponent($0) }
  }
}
