/// Checks the encoding of a source for what other tools may refuse.
struct SourceEncoding {
  let document: IntentDocument

  func report(_ findings: inout Findings) {
    let bytes = document.bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      findings.warning(
        .byteOrderMark, at: SourceLocation(file: document.name, line: 1, column: 1),
        "the file begins with a byte order mark, which JSON does not allow; remove it")
    }
    // A packed text has no lines.
    guard !bytes.starts(with: Gzip.magic), let place = Self.firstCRLF(in: bytes) else { return }
    findings.warning(
      .crlf, at: SourceLocation(file: document.name, line: place.line, column: place.column),
      "the file has Windows line endings from here on, which some tools do not accept; use newlines only")
  }

  private static func firstCRLF(in bytes: [UInt8]) -> (line: Int, column: Int)? {
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      while let carriageReturn = bytes.firstIndex(of: 0x0D, from: start) {
        start = carriageReturn + 1
        guard start < bytes.count, bytes[start] == 0x0A else { continue }
        let before = bytes[..<carriageReturn]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return (before.count { $0 == 0x0A } + 1, UTF8Columns.count(before[lineStart...]) + 1)
      }
      return nil
    }
  }
}
