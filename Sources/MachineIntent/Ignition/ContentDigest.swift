private import Crypto

/// Digests of contents, in lower-case hexadecimal.
package enum ContentDigest {
  package static func sha256(_ bytes: [UInt8]) -> String { Hex.text(SHA256.hash(data: bytes)) }

  package static func sha512(_ bytes: [UInt8]) -> String { Hex.text(SHA512.hash(data: bytes)) }
}
