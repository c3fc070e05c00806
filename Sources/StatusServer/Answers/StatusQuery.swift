/// What a request asks for. It refers to no bytes of the request.
struct StatusQuery: Hashable {
  enum Subject: Hashable {
    case route(StatusRoute)
    /// The method is neither GET nor HEAD.
    case methodNotAllowed
    /// A parameter of the path is malformed.
    case badParameters(StatusRoute)
  }

  private(set) var subject: Subject
  let wantsContent: Bool
  let keepsAlive: Bool
  /// Whether a response must say that the connection stays open, which HTTP/1.0 requires.
  let saysKeepAlive: Bool
  var verbose = false
  /// How long to wait for the node to become Ready; nil if the client does not wait.
  var wait: Duration?
  /// The seconds after which the page reloads; nil if it does not.
  private(set) var refresh: Int?
  /// Whether the client already has the current document.
  var hasCurrent = false
  var format = AcceptedFormat.prometheusText

  /// The wait without a `timeout` parameter.
  static let defaultWait = Duration.seconds(60)

  /// The longest reload interval in seconds: a day.
  static let longestRefresh = 86_400

  var isMethodNotAllowed: Bool { if case .methodNotAllowed = subject { true } else { false } }

  /// - Parameters:
  ///   - bytes: the bytes of the request.
  ///   - request: the offsets of the parts of the request in the bytes.
  ///   - etag: the entity tag of the current document, with its quotes.
  init(_ request: HTTPRequest, of bytes: Span<UInt8>, etag: [UInt8]) {
    wantsContent = request.method != .head
    saysKeepAlive = request.minorVersion == 0
    guard request.method == .get || request.method == .head else {
      subject = .methodNotAllowed
      // The content of a refused request is not read, so no other request can follow it.
      keepsAlive = request.keepsAlive && request.framing == .none
      return
    }
    keepsAlive = request.keepsAlive
    let route = StatusRoute(path: request.path, of: bytes)
    subject = .route(route)
    var isValid = true
    switch route {
    case .status:
      if let list = request.ifNoneMatch { hasCurrent = Self.names(etag, in: list, of: bytes) }
      if !request.query.isEmpty { isValid = readWait(request.query, of: bytes) }
    case .readyz, .livez, .healthz:
      Self.forEachParameter(of: request.query, bytes) { name, _ in
        if bytes.holds("verbose", at: name) { verbose = true }
      }
    case .metrics:
      if let accept = request.accept { format = AcceptedFormat(accept: accept, of: bytes) }
    case .page:
      if !request.query.isEmpty { isValid = readRefresh(request.query, of: bytes) }
    case .version, .other:
      break
    }
    if !isValid { subject = .badParameters(route) }
  }

  /// Reads `wait=ready` and `timeout=SECONDS`, and ignores other parameters. Returns false if one is malformed.
  private mutating func readWait(_ query: Range<Int>, of bytes: Span<UInt8>) -> Bool {
    var waits = false
    var timeout = Self.defaultWait
    var isValid = true
    Self.forEachParameter(of: query, bytes) { name, value in
      if bytes.holds("wait", at: name) {
        waits = true
        if !bytes.holds("ready", at: value) { isValid = false }
      } else if bytes.holds("timeout", at: name) {
        if let seconds = Self.seconds(value, of: bytes) { timeout = seconds } else { isValid = false }
      }
    }
    if waits { wait = timeout }
    return isValid
  }

  /// Reads `refresh=SECONDS`, and ignores other parameters. Returns false if it is malformed.
  private mutating func readRefresh(_ query: Range<Int>, of bytes: Span<UInt8>) -> Bool {
    var isValid = true
    var found: Int?
    Self.forEachParameter(of: query, bytes) { name, value in
      guard bytes.holds("refresh", at: name) else { return }
      let digits = bytes.extracting(value).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
      found = digits.utf8.allSatisfy(Octet.isDigit) ? Int(digits) : nil
      if let seconds = found { isValid = (1...Self.longestRefresh).contains(seconds) } else { isValid = false }
    }
    if isValid { refresh = found }
    return isValid
  }

  private static func forEachParameter(
    of query: Range<Int>, _ bytes: Span<UInt8>, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void
  ) {
    var start = query.lowerBound
    while start < query.upperBound {
      var end = start
      var equals: Int?
      while end < query.upperBound, bytes[end] != 0x26 {
        if bytes[end] == Octet.equals, equals == nil { equals = end }
        end += 1
      }
      let nameEnd = equals ?? end
      body(start..<nameEnd, min(nameEnd + 1, end)..<end)
      start = end + 1
    }
  }

  /// Returns a decimal number of seconds, such as `30` or `0.5`, or nil if the value is not one.
  private static func seconds(_ value: Range<Int>, of bytes: Span<UInt8>) -> Duration? {
    var milliseconds: Int64 = 0
    var scale: Int64?
    var digits = 0
    for index in value {
      if bytes[index] == 0x2E, scale == nil {
        scale = 100
        continue
      }
      guard Octet.isDigit(bytes[index]) else { return nil }
      digits += 1
      let digit = Int64(bytes[index] - 0x30)
      if let unit = scale {
        milliseconds += digit * unit
        scale = unit / 10
      } else {
        // The number saturates far above the longest wait.
        milliseconds = min(milliseconds * 10 + digit * 1000, 1 << 40)
      }
    }
    return digits > 0 ? .milliseconds(milliseconds) : nil
  }

  /// Returns whether an `If-None-Match` list has the tag, by weak comparison, or is `*` (RFC 9110 section 13.1.2).
  private static func names(_ etag: [UInt8], in list: Range<Int>, of bytes: Span<UInt8>) -> Bool {
    var found = false
    bytes.forEachElement(of: list) { element in
      var tag = element
      if tag.count > 2, bytes.holds("W/", at: tag.prefix(2)) { tag = tag.dropFirst(2) }
      if tag.count == 1, bytes[tag.lowerBound] == 0x2A { found = true }
      guard tag.count == etag.count else { return }
      for (index, octet) in zip(tag, etag) where bytes[index] != octet { return }
      found = true
    }
    return found
  }
}
