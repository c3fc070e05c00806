/// The names that the API server accepts.
enum KubernetesName {
  /// Whether a text is a DNS subdomain (RFC 1123), as the names of most objects are.
  static func isSubdomain(_ text: some Collection<UInt8>) -> Bool {
    text.count <= 253
      && text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
        isAlphanumeric(part.first) && isAlphanumeric(Array(part).last)
          && part.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      }
  }

  /// Whether a text is the value of a label. The empty text is one.
  static func isLabelValue(_ text: some BidirectionalCollection<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return true }
    func isLetterOrDigit(_ byte: UInt8) -> Bool { byte.isLetter || byte.isDigit }
    return text.count <= 63 && isLetterOrDigit(first) && isLetterOrDigit(last)
      && text.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
  }

  private static func isAlphanumeric(_ byte: UInt8?) -> Bool {
    byte.map { $0.isLowercaseLetter || $0.isDigit } ?? false
  }
}
