/// Base64 as Go's standard encoding reads it: RFC 4648, section 4, with padding; line breaks are ignored, and bits left
/// over at the end are too.
enum Base64 {
  /// nil where the text is not base64.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count / 4 * 3 + 3)
    var group: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text {
      if byte == 0x0A || byte == 0x0D { continue }
      if byte == UInt8(ascii: "=") {
        padding += 1
        guard count >= 2, count + padding <= 4 else { return nil }
        continue
      }
      let value = values[Int(byte)]
      guard value < 64, padding == 0 else { return nil }
      group = group << 6 | UInt32(value)
      count += 1
      if count == 4 {
        decoded.append(UInt8(truncatingIfNeeded: group >> 16))
        decoded.append(UInt8(truncatingIfNeeded: group >> 8))
        decoded.append(UInt8(truncatingIfNeeded: group))
        (group, count) = (0, 0)
      }
    }
    guard count == 0 ? padding == 0 : count + padding == 4 else { return nil }
    switch count {
    case 2: decoded.append(UInt8(truncatingIfNeeded: group >> 4))
    case 3:
      decoded.append(UInt8(truncatingIfNeeded: group >> 10))
      decoded.append(UInt8(truncatingIfNeeded: group >> 2))
    default: break
    }
    return decoded
  }

  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()
}
