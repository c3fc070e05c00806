import NodeTesting
import Testing

@testable import MachineIntent

@Suite struct ByteSearchTests {
  @Test func theFirstOneIsFoundAtEveryPlaceInTextsOfEveryLength() {
    var random = SeededGenerator(seed: 3)
    // Neighbours of the wanted byte, those that differ from it in one bit, and the ends of the range.
    let bytes: [UInt8] = [0x0D, 0x0C, 0x0E, 0x8D, 0x00, 0x01, 0x80, 0x7F, 0xFF]
    for length in 0..<40 {
      for _ in 0..<50 {
        let text = (0..<length).map { _ in bytes[Int.random(in: 0..<bytes.count, using: &random)] }
        for start in 0...length {
          let found = text.withUnsafeBufferPointer { $0.firstIndex(of: 0x0D, from: start) }
          #expect(found == text[start...].firstIndex(of: 0x0D), "\(text) from \(start)")
        }
      }
    }
  }
}
