/// A `verification.hash`: a function, and the digest that the decompressed bytes must have.
struct ContentHash: Hashable {
  enum Function: String, Hashable {
    case sha256, sha512

    var digits: Int { self == .sha256 ? 64 : 128 }
  }

  let function: Function
  /// The digest in lower-case digits.
  let digest: String

  func matches(_ bytes: [UInt8]) -> Bool {
    switch function {
    case .sha256: ContentDigest.sha256(bytes) == digest
    case .sha512: ContentDigest.sha512(bytes) == digest
    }
  }
}
