import Reconcile

/// The files are most of the document, and rendered with each pass: as `JSONEncoder` would write them, sorted keys and
/// plain slashes, in a tenth of its time.
extension StatusDocument.File {
  func appendJSON(to bytes: inout [UInt8]) {
    bytes += "{\"lastDrift\":".utf8
    Self.append(lastDrift, to: &bytes)
    bytes += ",\"message\":".utf8
    Self.append(message, to: &bytes)
    bytes += ",\"mode\":".utf8
    Self.append(mode, to: &bytes)
    bytes += ",\"owner\":".utf8
    Self.append(owner.rawValue, to: &bytes)
    bytes += ",\"path\":".utf8
    Self.append(path, to: &bytes)
    bytes += ",\"repairs\":\(repairs),\"sha256\":".utf8
    Self.append(sha256, to: &bytes)
    bytes += ",\"state\":".utf8
    Self.append(state.rawValue, to: &bytes)
    bytes.append(UInt8(ascii: "}"))
  }

  /// RFC 8259 section 7.
  private static func append(_ text: String?, to bytes: inout [UInt8]) {
    guard let text else {
      bytes += "null".utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x08: bytes += "\\b".utf8
      case 0x0C: bytes += "\\f".utf8
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case 0..<0x20: bytes += "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
