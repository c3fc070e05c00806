private import CMd
import Modprobe

/// Digests of contents, in lower-case hexadecimal.
package enum ContentDigest {
  package static func sha256(_ bytes: [UInt8]) -> String {
    hexadecimal(length: Int(CMd_sha256Length)) { CMd_sha256(bytes, bytes.count, $0) }
  }

  package static func sha512(_ bytes: [UInt8]) -> String {
    hexadecimal(length: Int(CMd_sha512Length)) { CMd_sha512(bytes, bytes.count, $0) }
  }

  private static func hexadecimal(length: Int, _ digest: (UnsafeMutablePointer<UInt8>?) -> Void) -> String {
    Hex.text(
      [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
        digest(buffer.baseAddress)
        count = length
      })
  }
}
