/// Reads the head of one request (RFC 9112 sections 2 to 6): its input is bytes, its result a request, a refusal or
/// "needs more".
///
/// It is strict where leniency would let two readers see different requests:
/// - a line ends in CR LF; a bare CR or LF and a continued (folded) line are refused;
/// - exactly one space between method, target and version; no blank before a colon;
/// - HTTP/1.1 needs one `Host`, HTTP/1.0 allows one, with the characters of a URI's host and port;
/// - the content has one `Content-Length` of digits, or `Transfer-Encoding: chunked` with HTTP/1.1, never both;
/// - other codings are not implemented, and chunked must be the last one.
///
/// It is lenient where there is only one meaning: empty lines before the request line, a fragment after the target, a
/// higher minor version, octets above 127 in values.
///
/// A line is judged when it is complete, so the result does not depend on how the bytes were split into packets. Pass the
/// bytes from the start of the request in each call, those of earlier calls included; they are not read again.
package struct HTTPRequestParser: Sendable {
  package enum Outcome: Hashable, Sendable {
    case needsMore
    case request(HTTPRequest)
    case refused(HTTPRefusal)
  }

  /// The longest request line, and the longest header section, in bytes.
  package static let limit = 8192

  /// The codings in `Transfer-Encoding` so far. One unknown coding makes the result unknown.
  private enum Codings { case none, chunked, unknown, chunkedBeforeAnother, empty }

  private var request = HTTPRequest()
  /// The start of the next line.
  private var lineStart = 0
  /// The bytes from `lineStart` to here contain no line feed.
  private var scanned = 0
  /// The start of the header fields; nil before the request line is read.
  private var fieldsStart: Int?
  private var hosts = 0
  private var hasLength = false
  private var codings = Codings.none
  private var closes = false
  private var asksToKeep = false

  package init() {}

  /// Reads as many lines as are complete.
  package mutating func parse(_ bytes: Span<UInt8>) -> Outcome {
    do throws(HTTPRefusal) {
      while let lineFeed = bytes.firstLineFeed(from: scanned) {
        scanned = lineFeed + 1
        try checkSize(upTo: scanned)
        guard lineFeed > lineStart, bytes[lineFeed - 1] == Octet.carriageReturn else { throw .lineEnding }
        let line = lineStart..<(lineFeed - 1)
        lineStart = scanned
        if fieldsStart != nil {
          guard line.isEmpty else {
            try readField(line, of: bytes)
            continue
          }
          try finish()
          return .request(request)
        } else if !line.isEmpty {
          try readRequestLine(line, of: bytes)
          fieldsStart = scanned
        }
      }
      scanned = bytes.count
      try checkSize(upTo: scanned)
      return .needsMore
    } catch {
      return .refused(error)
    }
  }

  private func checkSize(upTo end: Int) throws(HTTPRefusal) {
    if let fieldsStart {
      if end - fieldsStart > Self.limit { throw .fieldsTooLarge }
    } else if end > Self.limit {
      throw .requestLineTooLong
    }
  }

  // MARK: Request line

  private mutating func readRequestLine(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal) {
    var index = line.lowerBound
    while index < line.upperBound, Octet.isToken(bytes[index]) { index += 1 }
    let method = line.lowerBound..<index
    guard !method.isEmpty, index < line.upperBound, bytes[index] == Octet.space else { throw .requestLine }
    index += 1
    let targetStart = index
    while index < line.upperBound, bytes[index] > Octet.space, bytes[index] < 0x7F { index += 1 }
    let target = targetStart..<index
    guard index < line.upperBound, bytes[index] == Octet.space else { throw .requestLine }
    let version = (index + 1)..<line.upperBound
    guard !target.isEmpty, version.count == 8, bytes.holds("HTTP/", at: version.lowerBound..<version.lowerBound + 5),
      Octet.isDigit(bytes[version.lowerBound + 5]), bytes[version.lowerBound + 6] == 0x2E,
      Octet.isDigit(bytes[version.lowerBound + 7])
    else { throw .requestLine }
    request.method = Self.method(method, of: bytes)
    guard bytes[version.lowerBound + 5] == 0x31 else { throw .version }
    try readTarget(target, of: bytes)
    request.minorVersion = bytes[version.lowerBound + 7] == 0x30 ? 0 : 1
  }

  private static func method(_ range: Range<Int>, of bytes: Span<UInt8>) -> HTTPRequest.Method {
    switch range.count {
    case 3 where bytes.holds("GET", at: range): .get
    case 4 where bytes.holds("HEAD", at: range): .head
    case 7 where bytes.holds("OPTIONS", at: range): .options
    case 7 where bytes.holds("CONNECT", at: range): .connect
    default: .other
    }
  }

  /// Reads a target in one of the four forms of RFC 9112 section 3.2.
  private mutating func readTarget(_ target: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal) {
    if request.method == .connect {
      guard isAuthority(target, of: bytes, withPort: true) else { throw .target }
    } else if bytes[target.lowerBound] == Octet.slash {
      try readPath(target, of: bytes)
    } else if target.count == 1, bytes[target.lowerBound] == 0x2A {
      guard request.method == .options else { throw .target }
    } else {
      try readAbsoluteURI(target, of: bytes)
    }
  }

  private mutating func readPath(_ target: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal) {
    var end = target.lowerBound
    while end < target.upperBound, bytes[end] != 0x3F, bytes[end] != 0x23 {
      if bytes[end] == Octet.percent, bytes.escapedOctet(at: end, before: target.upperBound) == nil { throw .target }
      end += 1
    }
    request.path = target.lowerBound..<end
    guard end < target.upperBound, bytes[end] == 0x3F else { return }
    let queryStart = end + 1
    end = queryStart
    while end < target.upperBound, bytes[end] != 0x23 { end += 1 }
    request.query = queryStart..<end
  }

  private mutating func readAbsoluteURI(_ target: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal) {
    var index = target.lowerBound
    while index < target.upperBound, bytes[index] != Octet.colon { index += 1 }
    let scheme = target.lowerBound..<index
    guard bytes.holds(ignoringCase: "http", at: scheme) || bytes.holds(ignoringCase: "https", at: scheme),
      index + 3 <= target.upperBound, bytes.holds("://", at: index..<index + 3)
    else { throw .target }
    index += 3
    var hostStart = index
    while index < target.upperBound, bytes[index] != Octet.slash, bytes[index] != 0x3F, bytes[index] != 0x23 {
      if bytes[index] == 0x40 { hostStart = index + 1 }
      index += 1
    }
    guard isAuthority(hostStart..<index, of: bytes, withPort: false) else { throw .target }
    try readPath(index..<target.upperBound, of: bytes)
  }

  // MARK: Header fields

  private mutating func readField(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal) {
    if Octet.isBlank(bytes[line.lowerBound]) { throw .folding }
    let (name, value) = try HTTPField.split(line, of: bytes)
    switch name.count {
    case 4 where bytes.holds(ignoringCase: "host", at: name):
      hosts += 1
      guard value.isEmpty || isAuthority(value, of: bytes, withPort: false) else { throw .host }
    case 6 where bytes.holds(ignoringCase: "accept", at: name):
      request.accept = request.accept ?? value
    case 6 where bytes.holds(ignoringCase: "expect", at: name):
      // HTTP/1.0 has no expectations (RFC 9110 section 10.1.1).
      guard request.minorVersion > 0 else { return }
      guard bytes.holds(ignoringCase: "100-continue", at: value) else { throw .expectation }
      request.expectsContinue = true
    case 10 where bytes.holds(ignoringCase: "connection", at: name):
      bytes.forEachElement(of: value) { element in
        if bytes.holds(ignoringCase: "close", at: element) { closes = true }
        if bytes.holds(ignoringCase: "keep-alive", at: element) { asksToKeep = true }
      }
    case 13 where bytes.holds(ignoringCase: "if-none-match", at: name):
      request.ifNoneMatch = request.ifNoneMatch ?? value
    case 14 where bytes.holds(ignoringCase: "content-length", at: name):
      try readContentLength(value, of: bytes)
    case 17 where bytes.holds(ignoringCase: "transfer-encoding", at: name):
      bytes.forEachElement(of: value) { element in
        codings =
          switch codings {
          case _ where element.isEmpty: .empty
          case .none: bytes.holds(ignoringCase: "chunked", at: element) ? .chunked : .unknown
          case .chunked: .chunkedBeforeAnother
          case .unknown, .chunkedBeforeAnother, .empty: codings
          }
      }
    default:
      break
    }
  }

  /// Reads the length (RFC 9110 section 8.6); a repeated field is refused even if the numbers are equal.
  private mutating func readContentLength(_ value: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal) {
    guard !hasLength, !value.isEmpty else { throw .contentLength }
    hasLength = true
    var length = 0
    for index in value {
      guard Octet.isDigit(bytes[index]) else { throw .contentLength }
      let (shifted, overflow) = length.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(Int(bytes[index] - 0x30))
      length = overflow || carry || length == Int.max ? Int.max : sum
    }
    request.framing = length == 0 ? .none : .length(length)
  }

  /// Returns whether the range is a uri-host and port of RFC 3986 section 3.2; the host must not be empty.
  private func isAuthority(_ range: Range<Int>, of bytes: Span<UInt8>, withPort: Bool) -> Bool {
    var index = range.lowerBound
    if index < range.upperBound, bytes[index] == 0x5B {
      index += 1
      let start = index
      while index < range.upperBound,
        Octet.hexValue(bytes[index]) != nil || bytes[index] == Octet.colon
          || bytes[index] == 0x2E
      { index += 1 }
      guard index > start, index < range.upperBound, bytes[index] == 0x5D else { return false }
      index += 1
    } else {
      while index < range.upperBound, Self.isRegisteredName(bytes[index]) {
        if bytes[index] == Octet.percent, bytes.escapedOctet(at: index, before: range.upperBound) == nil {
          return false
        }
        index += 1
      }
      guard index > range.lowerBound else { return false }
    }
    if index == range.upperBound { return !withPort }
    guard bytes[index] == Octet.colon else { return false }
    let port = (index + 1)..<range.upperBound
    for digit in port where !Octet.isDigit(bytes[digit]) { return false }
    return port.count <= 5 && (!withPort || !port.isEmpty)
  }

  /// Whether the octet is unreserved, a sub-delim or a percent sign.
  private static func isRegisteredName(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x24...0x2E, 0x3B, 0x3D, 0x5F, 0x7E: true
    default: false
    }
  }

  // MARK: The whole

  private mutating func finish() throws(HTTPRefusal) {
    guard request.minorVersion == 0 ? hosts <= 1 : hosts == 1 else { throw .host }
    switch codings {
    case .none:
      break
    case _ where hasLength || request.minorVersion == 0:
      throw .ambiguousLength
    case .empty, .chunkedBeforeAnother:
      throw .ambiguousLength
    case .unknown:
      throw .transferCoding
    case .chunked:
      request.framing = .chunked
    }
    request.keepsAlive = !closes && (request.minorVersion > 0 || asksToKeep)
    request.length = lineStart
  }
}
