/// Base64 as Go's standard encoding reads it: RFC 4648, section 4, with padding. Line breaks and surplus bits at the end
/// are ignored.
enum Base64 {
  /// Returns the decoded bytes, or nil if the text is not base64.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let values = values
    return values.withUnsafeBufferPointer { values in
      text.withContiguousStorageIfAvailable { decode($0, values) }
        ?? Array(text).withUnsafeBufferPointer { decode($0, values) }
    }
  }

  /// Returns what follows the whole groups of four at the beginning of a text: padding, line breaks, or errors.
  static func rest(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let whole = values.withUnsafeBufferPointer { values in
      text.withUnsafeBufferPointer { text in
        var position = 0
        while position + 4 <= text.count,
          values[Int(text[position])] | values[Int(text[position + 1])] | values[Int(text[position + 2])]
            | values[Int(text[position + 3])] < 64
        { position += 4 }
        return position
      }
    }
    return text.dropFirst(whole)
  }

  private static func decode(
    _ text: UnsafeBufferPointer<UInt8>, _ values: UnsafeBufferPointer<UInt8>
  ) -> [UInt8]? {
    var isValid = true
    let decoded = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 3) { output, length in
      var position = 0
      // Nearly everything is a whole group.
      while position + 4 <= text.count {
        let (a, b) = (values[Int(text[position])], values[Int(text[position + 1])])
        let (c, d) = (values[Int(text[position + 2])], values[Int(text[position + 3])])
        guard a | b | c | d < 64 else { break }
        output[length] = a << 2 | b >> 4
        output[length + 1] = b << 4 | c >> 2
        output[length + 2] = c << 6 | d
        length += 3
        position += 4
      }
      isValid = decodeRest(UnsafeBufferPointer(rebasing: text[position...]), values, &output, &length)
    }
    return isValid ? decoded : nil
  }

  /// Decodes the line breaks and the padding after the whole groups. Returns false for anything else.
  private static func decodeRest(
    _ text: UnsafeBufferPointer<UInt8>, _ values: UnsafeBufferPointer<UInt8>,
    _ output: inout UnsafeMutableBufferPointer<UInt8>, _ length: inout Int
  ) -> Bool {
    var group: UInt32 = 0
    var count = 0
    var padding = 0
    func put(_ byte: UInt32) {
      output[length] = UInt8(truncatingIfNeeded: byte)
      length += 1
    }
    for byte in text where byte != 0x0A && byte != 0x0D {
      if byte == UInt8(ascii: "=") {
        padding += 1
        guard count >= 2, count + padding <= 4 else { return false }
        continue
      }
      let value = values[Int(byte)]
      guard value < 64, padding == 0 else { return false }
      group = group << 6 | UInt32(value)
      count += 1
      if count == 4 {
        put(group >> 16)
        put(group >> 8)
        put(group)
        (group, count) = (0, 0)
      }
    }
    switch count {
    case 0: return padding == 0
    case 2: put(group >> 4)
    case 3:
      put(group >> 10)
      put(group >> 2)
    default: return false
    }
    return count + padding == 4
  }

  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()
}
