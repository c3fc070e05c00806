/// A `verification.hash`: which function, and what it must give over the decompressed bytes.
struct ContentHash: Hashable {
  enum Function: String, Hashable {
    case sha256, sha512

    var digits: Int { self == .sha256 ? 64 : 128 }
  }

  let function: Function
  /// Lower case.
  let digest: String

  func matches(_ bytes: [UInt8]) -> Bool {
    switch function {
    case .sha256: ContentDigest.sha256(bytes) == digest
    case .sha512: ContentDigest.sha512(bytes) == digest
    }
  }
}
