import Modprobe

/// A `data:` URL (RFC 2397), parsed and decoded as Ignition and the machine-config operator do it.
///
/// They accept less than browsers: the scheme, the types and `base64` must be lower case, the comma is required, and plain
/// data may only have the characters that RFC 2396 does not reserve, and `%XX`.
struct DataURL: Equatable {
  struct Failure: Error, Equatable {
    /// The end of a sentence, such as `the data contain a space; write %20`.
    let reason: String
    /// The offset in the URL of the byte at which it fails.
    let offset: Int
  }

  static let scheme = Array("data:".utf8)

  let isBase64: Bool
  /// The data after the comma, as written.
  let encoded: ArraySlice<UInt8>
  private let url: ArraySlice<UInt8>

  /// Parses everything before the data. Throws if that is malformed. `decoded` checks the data.
  init(_ text: ArraySlice<UInt8>) throws(Failure) {
    guard text.starts(with: Self.scheme) else {
      throw Failure(reason: "it must begin with 'data:' in lower case", offset: 0)
    }
    url = text
    var header = Header(rest: text.dropFirst(Self.scheme.count))
    do throws(Header.Problem) {
      isBase64 = try header.read()
    } catch {
      throw Failure(reason: error.reason, offset: (error.position ?? header.rest.startIndex) - text.startIndex)
    }
    encoded = header.rest
  }

  /// Returns the offset in the URL of a byte of `encoded`.
  private func offset(of index: Int) -> Int { index - url.startIndex }

  /// Returns the decoded data. Throws if they are malformed.
  func decoded() throws(Failure) -> [UInt8] {
    guard isBase64 else {
      if let fault = percentFault() { throw fault }
      return percentDecoded()
    }
    if !encoded.contains(0x0D), let bytes = Base64.decode(encoded) { return bytes }
    throw base64Fault
  }

  /// Throws if `decoded` would throw.
  func validate() throws(Failure) {
    guard isBase64 else {
      if let fault = percentFault() { throw fault }
      return
    }
    let rest = Base64.rest(of: encoded)
    guard rest.isEmpty || !rest.contains(0x0D) && Base64.decode(rest) != nil else { throw base64Fault }
  }

  /// The offset of the first byte that Ignition's check of URLs refuses in a valid data URL: a tab in a parameter, or a line
  /// break in base64. Nil if there is none.
  var controlOffset: Int? {
    let header = url[..<encoded.startIndex].firstIndex { $0 < 0x20 }
    return (header ?? (isBase64 ? Base64.rest(of: encoded).firstIndex(of: 0x0A) : nil)).map(offset)
  }

  /// The error in malformed base64. Go's decoder accepts a carriage return, but the lexer before it does not.
  private var base64Fault: Failure {
    for (index, byte) in zip(encoded.indices, encoded)
    where byte != 0x0A && byte != UInt8(ascii: "=") && !Self.isBase64Character(byte) {
      return Failure(
        reason: "the base64 data contain \(byte.name), which base64 does not have", offset: offset(of: index))
    }
    return Failure(
      reason: "the base64 data are truncated or have the wrong padding",
      offset: offset(of: encoded.firstIndex(of: UInt8(ascii: "=")) ?? encoded.endIndex))
  }

  private func percentFault() -> Failure? {
    let standsForItself = Self.standsForItself
    let fault: Int? = standsForItself.withUnsafeBufferPointer { standsForItself in
      encoded.withUnsafeBufferPointer { bytes in
        var position = 0
        while position < bytes.count {
          let byte = bytes[position]
          guard standsForItself[Int(byte)] else { return position }
          position += 1
          guard byte == UInt8(ascii: "%") else { continue }
          guard position + 1 < bytes.count, Hex.value(of: bytes[position]) != nil,
            Hex.value(of: bytes[position + 1]) != nil
          else { return position - 1 }
          position += 2
        }
        return nil
      }
    }
    guard let index = fault.map({ encoded.startIndex + $0 }) else { return nil }
    let byte = encoded[index]
    return Failure(
      reason: byte == UInt8(ascii: "%")
        ? "a '%' in the data is not followed by two hexadecimal digits; write %25 for a percent sign"
        : "the data contain \(byte.name); write %\(Hex.text([byte]).uppercased())",
      offset: offset(of: index))
  }

  /// Decodes data without an error.
  private func percentDecoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encoded.count)
    var rest = encoded
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.popFirst().flatMap(Hex.value),
        let low = rest.popFirst().flatMap(Hex.value)
      {
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  private static func isBase64Character(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
  }

  /// Whether each byte may be in plain data.
  private static let standsForItself: [Bool] = (0...255).map { (byte: UInt8) in
    byte > 0x20 && byte < 0x7F && !#"<>#"{}|\^[]`"#.utf8.contains(byte)
  }

  /// Everything from the scheme to the comma.
  private struct Header {
    struct Problem: Error {
      let reason: String
      /// The index of the byte at which it fails, or nil for the first byte of `rest`.
      var position: Int?
    }

    private static let mediaTypes = [
      "text", "application", "image", "audio", "video", "message", "multipart", "x-", "X-",
    ].map { Array($0.utf8) }

    var rest: ArraySlice<UInt8>

    /// Reads up to the comma, leaves the data in `rest`, and returns whether they are base64.
    mutating func read() throws(Problem) -> Bool {
      guard let first = rest.first else { throw missingComma }
      if first != UInt8(ascii: ";"), first != UInt8(ascii: ",") { try mediaType() }
      var quotedValueIsPending = false
      while true {
        guard let separator = rest.popFirst() else { throw missingComma }
        if separator == UInt8(ascii: ",") { return false }
        guard separator == UInt8(ascii: ";") else {
          throw Problem(
            reason: "expected ';' or ',', found \(separator.name)", position: rest.startIndex - 1)
        }
        let attribute = token()
        guard !attribute.isEmpty, let next = rest.popFirst() else {
          throw Problem(reason: "expected a parameter after ';'")
        }
        if next == UInt8(ascii: ",") {
          guard attribute.elementsEqual("base64".utf8) else {
            throw Problem(
              reason: "expected 'base64' in lower case, found '\(String(decoding: attribute, as: UTF8.self))'",
              position: attribute.startIndex)
          }
          return true
        }
        guard next == UInt8(ascii: "=") else {
          throw Problem(reason: "the parameters contain \(next.name)", position: rest.startIndex - 1)
        }
        try parameterValue(&quotedValueIsPending)
      }
    }

    private var missingComma: Problem { Problem(reason: "the comma before the data is missing") }

    private mutating func mediaType() throws(Problem) {
      let type = token()
      guard rest.popFirst() == UInt8(ascii: "/") else {
        throw Problem(reason: "the media type must have the form type/subtype", position: type.startIndex)
      }
      guard Self.mediaTypes.contains(where: { type.starts(with: $0) }) else {
        throw Problem(
          reason: "the media type '\(String(decoding: type, as: UTF8.self))' is not known; write it in lower case",
          position: type.startIndex)
      }
      _ = token()
      guard let next = rest.first else { throw missingComma }
      guard next == UInt8(ascii: ";") || next == UInt8(ascii: ",") else {
        throw Problem(reason: "the media type contains \(next.name)")
      }
    }

    /// Reads the value of a parameter. Like in the decoder, an empty quoted value changes how the next value is checked.
    private mutating func parameterValue(_ quotedValueIsPending: inout Bool) throws(Problem) {
      if rest.first == UInt8(ascii: "\"") {
        rest = rest.dropFirst()
        let value = try quotedString()
        quotedValueIsPending = value.isEmpty
        guard Self.isGoStringBody(value) else {
          throw Problem(reason: "a quoted parameter contains an unknown escape", position: value.startIndex)
        }
        return
      }
      let value = token()
      guard !value.isEmpty else { throw Problem(reason: "a parameter has no value") }
      if quotedValueIsPending {
        quotedValueIsPending = false
      } else {
        guard Self.isPercentEncoded(value) else {
          throw Problem(
            reason: "a '%' in a parameter is not followed by two hexadecimal digits", position: value.startIndex)
        }
      }
    }

    private mutating func quotedString() throws(Problem) -> ArraySlice<UInt8> {
      let body = rest
      while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "\""): return body[..<(rest.startIndex - 1)]
        case UInt8(ascii: "\\"): _ = rest.popFirst()
        case ..<0x09, 0x0A..<0x0D, 0x0E..<0x20, 0x7F...:
          throw Problem(reason: "a quoted parameter contains \(byte.name)", position: rest.startIndex - 1)
        default: break
        }
      }
      throw Problem(reason: "a quoted parameter is not closed")
    }

    private mutating func token() -> ArraySlice<UInt8> {
      let token = rest.prefix { byte in
        switch byte {
        case ...0x20, 0x7F...: false
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
          UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
          UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
          false
        default: true
        }
      }
      rest = rest[token.endIndex...]
      return token
    }

    private static func isPercentEncoded(_ value: ArraySlice<UInt8>) -> Bool {
      var position = value.startIndex
      while position < value.endIndex {
        guard value[position] == UInt8(ascii: "%") else {
          position += 1
          continue
        }
        guard position + 2 < value.endIndex, Hex.value(of: value[position + 1]) != nil,
          Hex.value(of: value[position + 2]) != nil
        else { return false }
        position += 3
      }
      return true
    }

    /// Whether the text between double quotes is a Go string.
    private static func isGoStringBody(_ value: ArraySlice<UInt8>) -> Bool {
      var rest = value
      while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\") else { continue }
        guard let escape = rest.popFirst() else { return false }
        let digits: Int
        switch escape {
        case UInt8(ascii: "x"): digits = 2
        case UInt8(ascii: "u"): digits = 4
        case UInt8(ascii: "U"): digits = 8
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
          guard rest.prefix(2).count == 2, rest.prefix(2).allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }),
            escape <= UInt8(ascii: "3")
          else { return false }
          rest = rest.dropFirst(2)
          continue
        default:
          guard #"abfnrtv\""#.utf8.contains(escape) else { return false }
          continue
        }
        let hex = rest.prefix(digits)
        guard hex.count == digits, hex.allSatisfy({ Hex.value(of: $0) != nil }) else { return false }
        if digits > 2, UInt32(String(decoding: hex, as: UTF8.self), radix: 16).flatMap(Unicode.Scalar.init) == nil {
          return false
        }
        rest = rest.dropFirst(digits)
      }
      return true
    }
  }
}
