import NodeTesting
import Testing

@testable import MachineIntent

@Suite struct Base64Tests {
  @Test(
    arguments: [
      ("", [UInt8]()), ("YQ==", [0x61]), ("YR==", [0x61]), ("YWI=", [0x61, 0x62]), ("YWJj", [0x61, 0x62, 0x63]),
      ("YW\r\nJj", [0x61, 0x62, 0x63]), ("YQ==\n", [0x61]), ("Y", nil), ("YQ", nil), ("YQ=", nil), ("=", nil),
      ("YWJj=", nil), ("YQ==YQ==", nil), ("Y===", nil), ("YQ=a", nil),
    ] as [(String, [UInt8]?)])
  func isAsStrictAsGo(text: String, bytes: [UInt8]?) {
    #expect(Base64.decode(text.utf8) == bytes)
  }

  @Test func whatIsDecodedIsWhatWasEncoded() {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var generator = SeededGenerator(seed: 4)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var text: [UInt8] = []
      for start in stride(from: 0, to: count, by: 3) {
        let group = Array(bytes[start..<min(start + 3, count)])
        let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
        text += (0...group.count).map { alphabet[Int(bits >> (18 - 6 * UInt32($0)) & 63)] }
        text += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
      }
      #expect(Base64.decode(text) == bytes)
    }
  }
}
