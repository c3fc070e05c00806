/// Stands in for the digests of swift-crypto, which a fuzz target need not build: any function of the bytes will do.
package enum ContentDigest {
  package static func sha256(_ bytes: [UInt8]) -> String { digits(of: bytes, count: 64) }

  package static func sha512(_ bytes: [UInt8]) -> String { digits(of: bytes, count: 128) }

  private static func digits(of bytes: [UInt8], count: Int) -> String {
    let sum = String(bytes.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }, radix: 16)
    return String(repeating: "0", count: count - sum.utf8.count) + sum
  }
}
