import FoundationEssentials
import Reconcile

/// Results in JSON: keys sorted, one value a line, slashes as they are.
enum JSONResult {
  static func bytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    // Strings, numbers and lists cannot fail to encode.
    return Array((try? encoder.encode(value)) ?? Data()).printableJSON + [UInt8(ascii: "\n")]
  }

  /// Returns the result on one line, without a newline.
  static func line(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array((try? encoder.encode(value)) ?? Data()).printableJSON
  }

  /// Prints a result. Exits with `status` if it cannot be written.
  static func print(_ value: some Encodable, orExit status: Int32 = 1) {
    StandardStreams.write(bytes(value), orExit: status)
  }
}
