/// A Kubernetes object to be printed, with its fields in order.
package indirect enum Manifest: Sendable {
  case object([(key: String, value: Manifest)])
  case list([Manifest])
  case string(String)
  case int(Int)
  case bool(Bool)

  /// The object as YAML in block style, with two spaces for each level and a final newline.
  package var yaml: String {
    var text = ""
    writeYAML(to: &text, indentation: 0)
    return text
  }

  /// The object as indented JSON with a final newline.
  package var json: String {
    var text = ""
    writeJSON(to: &text, indentation: 0)
    return text + "\n"
  }

  private var isCollection: Bool {
    switch self {
    case .object(let fields): !fields.isEmpty
    case .list(let elements): !elements.isEmpty
    case .string, .int, .bool: false
    }
  }

  private var scalarYAML: String {
    switch self {
    case .object: "{}"
    case .list: "[]"
    case .int(let value): String(value)
    case .bool(let value): String(value)
    case .string(let value): Self.isPlain(value) ? value : Self.quoted(value, isJSON: false)
    }
  }

  /// Writes lines that begin at `indentation`, which is also the place of the dashes of a list.
  private func writeYAML(to text: inout String, indentation: Int, isFirstLineOpen: Bool = false) {
    let margin = String(repeating: " ", count: indentation)
    switch self {
    case .object(let fields) where !fields.isEmpty:
      for (position, field) in fields.enumerated() {
        text += (position == 0 && isFirstLineOpen ? "" : margin) + field.key + ":"
        if field.value.isCollection {
          text += "\n"
          field.value.writeYAML(to: &text, indentation: indentation + 2)
        } else {
          text += " \(field.value.scalarYAML)\n"
        }
      }
    case .list(let elements) where !elements.isEmpty:
      for element in elements {
        text += margin + "- "
        element.writeYAML(to: &text, indentation: indentation + 2, isFirstLineOpen: true)
      }
    default: text += (isFirstLineOpen ? "" : margin) + scalarYAML + "\n"
    }
  }

  private func writeJSON(to text: inout String, indentation: Int) {
    let margin = String(repeating: " ", count: indentation + 2)
    func close(_ bracket: String) { text += "\n" + String(repeating: " ", count: indentation) + bracket }
    switch self {
    case .object(let fields) where !fields.isEmpty:
      text += "{"
      for (position, field) in fields.enumerated() {
        text += (position == 0 ? "\n" : ",\n") + margin + Self.quoted(field.key) + ": "
        field.value.writeJSON(to: &text, indentation: indentation + 2)
      }
      close("}")
    case .list(let elements) where !elements.isEmpty:
      text += "["
      for (position, element) in elements.enumerated() {
        text += (position == 0 ? "\n" : ",\n") + margin
        element.writeJSON(to: &text, indentation: indentation + 2)
      }
      close("]")
    case .string(let value): text += Self.quoted(value)
    default: text += scalarYAML
    }
  }

  /// Whether YAML reads the text without quotes as the same string.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, ScalarValue(yaml: Array(text.utf8)[...]) == .string
    else { return false }
    guard !"-?:,[]{}#&*!|>'\"%@` ".utf8.contains(first), last != UInt8(ascii: ":"), last != 0x20 else { return false }
    var previous: UInt8 = 0
    for byte in text.utf8 {
      guard byte >= 0x20, byte < 0x7F else { return false }
      if byte == UInt8(ascii: "#"), previous == 0x20 { return false }
      if byte == 0x20, previous == UInt8(ascii: ":") { return false }
      previous = byte
    }
    return true
  }

  /// Returns a string of JSON, or a double-quoted scalar of YAML, which differ only in the escapes of characters beyond
  /// U+FFFF. Characters that are invisible or change the direction of the text are escaped.
  private static func quoted(_ text: String, isJSON: Bool = true) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      default:
        guard isInvisible(scalar) else {
          quoted.unicodeScalars.append(scalar)
          continue
        }
        if scalar.value > 0xFFFF, !isJSON {
          quoted += "\\U" + hexadecimal(scalar.value, digits: 8)
        } else {
          for unit in String(scalar).utf16 { quoted += "\\u" + hexadecimal(UInt32(unit), digits: 4) }
        }
      }
    }
    return quoted + "\""
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }
}
