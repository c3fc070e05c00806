import Modprobe

/// A source that Ignition would fetch, parsed by the rules of Go's `net/url` and of Ignition.
struct RemoteURL: Equatable {
  /// The scheme in lower case.
  let scheme: String
  private let opaque: ArraySlice<UInt8>
  private let query: ArraySlice<UInt8>

  struct Failure: Error {
    let reason: String
  }

  /// The schemes that every version reads.
  private static let schemes: Set<String> = ["http", "https", "tftp", "s3"]

  /// Parses a text. Throws the reason if Ignition of this version refuses it.
  init(_ text: ArraySlice<UInt8>, version: IgnitionVersion) throws(Failure) {
    let (url, fragment) = Self.cut(text, at: "#")
    if let byte = url.first(where: { $0 < 0x20 || $0 == 0x7F }) {
      throw Failure(reason: "it contains \(byte.name)")
    }
    let colon = url.prefix(while: Self.isOfScheme).endIndex
    guard colon < url.endIndex, url[colon] == UInt8(ascii: ":"), let first = url.first, first.isLetter
    else { throw Self.unknownKind }
    scheme = String(decoding: url[..<colon], as: UTF8.self).lowercased()
    let rest: ArraySlice<UInt8>
    (rest, query) = Self.cut(url[(colon + 1)...], at: "?")
    opaque = rest
    if rest.first == UInt8(ascii: "/") { try Self.checkHierarchy(rest) }
    try Self.checkEscapes(fragment)
    switch scheme {
    case "arn" where version >= .firstWithARN: try checkARN()
    case "gs" where version.major == 2 || version >= .firstWithGoogleStorage: break
    case "oem" where version.major == 2: break
    case _ where Self.schemes.contains(scheme): break
    default: throw Self.unknownKind
    }
    if scheme == "s3" || scheme == "arn" { try checkObjectVersion() }
  }

  /// Whether Ignition fetches it over HTTP, so that it can have headers.
  var isHTTP: Bool { scheme == "http" || scheme == "https" }

  private static let unknownKind = Failure(reason: "it is not a URL that Ignition reads; write 'data:,TEXT' for a text")

  private static func isOfScheme(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || "+-.".utf8.contains(byte)
  }

  private static func cut(
    _ text: ArraySlice<UInt8>, at separator: Unicode.Scalar
  ) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
    guard let index = text.firstIndex(of: UInt8(ascii: separator)) else { return (text, []) }
    return (text[..<index], text[(index + 1)...])
  }

  // MARK: After `//`

  private static func checkHierarchy(_ rest: ArraySlice<UInt8>) throws(Failure) {
    guard rest.starts(with: "//".utf8) else { return try checkEscapes(rest) }
    let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
    try checkEscapes(rest[authority.endIndex...])
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return try checkHost(authority) }
    try checkHost(authority[(at + 1)...])
    let user = authority[..<at]
    guard user.allSatisfy({ isUnreserved($0) || "$&'()*+,;=:!%@".utf8.contains($0) }) else {
      throw Failure(reason: "the user before its host is malformed")
    }
    try checkEscapes(user)
  }

  private static func checkHost(_ host: ArraySlice<UInt8>) throws(Failure) {
    var name = host
    if host.first == UInt8(ascii: "[") {
      guard let end = host.lastIndex(of: UInt8(ascii: "]")) else {
        throw Failure(reason: "a ']' is missing in its host")
      }
      try checkPort(host[(end + 1)...])
      name = host[...end]
    } else if let colon = host.lastIndex(of: UInt8(ascii: ":")) {
      try checkPort(host[colon...])
    }
    try checkEscapes(name)
    for (index, byte) in zip(name.indices, name) {
      if byte == UInt8(ascii: "%") {
        // A host may only escape `%25`, before the zone of an address, and bytes outside ASCII.
        guard name[(index + 1)...].starts(with: "25".utf8) || name[index + 1] >= UInt8(ascii: "8") else {
          throw Failure(reason: "its host contains an escape that a host cannot have")
        }
      } else if byte < 0x80, !isUnreserved(byte), !"!$&'()*+,;=:[]<>\"".utf8.contains(byte) {
        throw Failure(reason: "its host contains \(byte.name)")
      }
    }
  }

  private static func checkPort(_ port: ArraySlice<UInt8>) throws(Failure) {
    guard let first = port.first else { return }
    guard first == UInt8(ascii: ":"), port.dropFirst().allSatisfy(\.isDigit) else {
      throw Failure(reason: "its port is not a number")
    }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || "-_.~".utf8.contains(byte)
  }

  private static func checkEscapes(_ text: ArraySlice<UInt8>) throws(Failure) {
    for index in text.indices where text[index] == UInt8(ascii: "%") {
      guard index + 2 < text.endIndex, Hex.value(of: text[index + 1]) != nil, Hex.value(of: text[index + 2]) != nil
      else {
        throw Failure(reason: "a '%' is not followed by two hexadecimal digits")
      }
    }
  }

  // MARK: S3

  /// Throws if the version of an S3 object is empty. It may be absent.
  private func checkObjectVersion() throws(Failure) {
    for pair in query.split(separator: UInt8(ascii: "&")) where !pair.contains(UInt8(ascii: ";")) {
      let (key, value) = Self.cut(pair, at: "=")
      guard Self.unescaped(key) == "versionId", let version = Self.unescaped(value) else { continue }
      if version.isEmpty { throw Failure(reason: "its versionId is empty") }
      return
    }
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(Hex.value), let low = rest.popFirst().flatMap(Hex.value) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Throws if the text is not `arn:PARTITION:s3:REGION:ACCOUNT:BUCKET/KEY`, or the same with an access point.
  private func checkARN() throws(Failure) {
    let parts = opaque.split(separator: UInt8(ascii: ":"), maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, parts[1].elementsEqual("s3".utf8) else {
      throw Failure(reason: "its resource name must have the form arn:PARTITION:s3:REGION:ACCOUNT:BUCKET/KEY")
    }
    let slashes = opaque.count { $0 == UInt8(ascii: "/") }
    guard slashes >= (parts[4].starts(with: "accesspoint/".utf8) ? 2 : 1) else {
      throw Failure(reason: "its resource name has no key of an object")
    }
  }
}
