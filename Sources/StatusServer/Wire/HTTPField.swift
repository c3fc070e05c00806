/// One header or trailer field line (RFC 9112 section 5).
enum HTTPField {
  /// Splits a line without its CR LF into the name and the value without surrounding blanks.
  static func split(
    _ line: Range<Int>, of bytes: Span<UInt8>
  ) throws(HTTPRefusal) -> (name: Range<Int>, value: Range<Int>) {
    var colon = line.lowerBound
    while colon < line.upperBound, Octet.isToken(bytes[colon]) { colon += 1 }
    guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == Octet.colon else { throw .fieldName }
    var index = colon + 1
    while index < line.upperBound {
      guard Octet.isFieldContent(bytes[index]) else {
        throw bytes[index] == Octet.carriageReturn ? .lineEnding : .fieldValue
      }
      index += 1
    }
    return (line.lowerBound..<colon, bytes.trimmingBlanks((colon + 1)..<line.upperBound))
  }
}
