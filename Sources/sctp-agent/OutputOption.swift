import ArgumentParser
import FoundationEssentials
import Glibc

/// The form of a command's result.
struct OutputOption: ParsableArguments {
  enum Form: String, CaseIterable, ExpressibleByArgument { case text, json }

  @Option(name: .shortAndLong, help: "Form of the result: text or json.")
  var output = Form.text

  var isJSON: Bool { output == .json }
}

/// Results in JSON: keys sorted, one value a line, slashes as they are.
enum JSONResult {
  static func bytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    // Strings, numbers and lists of our own: nothing in them can fail to encode.
    return Array((try? encoder.encode(value)) ?? Data()) + [UInt8(ascii: "\n")]
  }

  /// The same on one line, without its newline.
  static func line(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array((try? encoder.encode(value)) ?? Data())
  }

  static func say(_ value: some Encodable) { StandardStreams.write(bytes(value), to: 1) }
}

/// Colour on a terminal, unless NO_COLOR is set (no-color.org).
enum Paint {
  static let isOn = isatty(1) == 1 && environmentValue("NO_COLOR") == nil

  static func green(_ text: String) -> String { isOn ? "\u{1B}[32m\(text)\u{1B}[0m" : text }
  static func red(_ text: String) -> String { isOn ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
  static func dim(_ text: String) -> String { isOn ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
