/// What a request asks, once its head is read; it refers to no bytes.
struct StatusQuery: Hashable {
  enum Subject: Hashable {
    case route(StatusRoute)
    /// Neither GET nor HEAD.
    case methodNotAllowed
    case badParameters
  }

  private(set) var subject = Subject.badParameters
  let wantsContent: Bool
  let keepsAlive: Bool
  /// True where a response must say that the connection stays open.
  let saysKeepAlive: Bool
  var verbose = false
  /// How long to wait until the node is Ready; nil: not at all.
  var wait: Duration?
  /// True where the client holds the current document.
  var hasCurrent = false
  var format = AcceptedFormat.prometheusText

  /// The wait where `timeout` is not given.
  static let defaultWait = Duration.seconds(60)

  var isMethodNotAllowed: Bool { if case .methodNotAllowed = subject { true } else { false } }

  /// `etag` is the current document's, quoted.
  init(_ request: HTTPRequest, of bytes: Span<UInt8>, etag: [UInt8]) {
    wantsContent = request.method != .head
    saysKeepAlive = request.minorVersion == 0
    guard request.method == .get || request.method == .head else {
      subject = .methodNotAllowed
      // The content of such a request is not read.
      keepsAlive = request.keepsAlive && request.framing == .none
      return
    }
    keepsAlive = request.keepsAlive
    let route = StatusRoute(path: request.path, of: bytes)
    var understood = true
    switch route {
    case .status:
      if let list = request.ifNoneMatch { hasCurrent = Self.names(etag, in: list, of: bytes) }
      if !request.query.isEmpty { understood = readWait(request.query, of: bytes) }
    case .readyz, .livez, .healthz:
      Self.forEachParameter(of: request.query, bytes) { name, _ in
        if bytes.holds("verbose", at: name) { verbose = true }
      }
    case .metrics:
      if let accept = request.accept { format = AcceptedFormat(accept: accept, of: bytes) }
    case .version, .page, .other:
      break
    }
    if understood { subject = .route(route) }
  }

  /// Reads `wait=ready` and `timeout=SECONDS`. False: one of them is malformed. Other parameters are ignored.
  private mutating func readWait(_ query: Range<Int>, of bytes: Span<UInt8>) -> Bool {
    var waits = false
    var timeout = Self.defaultWait
    var understood = true
    Self.forEachParameter(of: query, bytes) { name, value in
      if bytes.holds("wait", at: name) {
        waits = true
        if !bytes.holds("ready", at: value) { understood = false }
      } else if bytes.holds("timeout", at: name) {
        if let seconds = Self.seconds(value, of: bytes) { timeout = seconds } else { understood = false }
      }
    }
    if waits { wait = timeout }
    return understood
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

  /// A decimal number of seconds, such as `30` or `0.5`; nil: it is none.
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
        // Saturates far above the longest wait.
        milliseconds = min(milliseconds * 10 + digit * 1000, 1 << 40)
      }
    }
    return digits > 0 ? .milliseconds(milliseconds) : nil
  }

  /// Whether an `If-None-Match` list holds the tag, by weak comparison, or is `*` (RFC 9110 section 13.1.2).
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
