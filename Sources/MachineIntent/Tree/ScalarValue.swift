/// The meaning of a scalar as JSON, into which every Kubernetes tool converts YAML.
enum ScalarValue: Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  /// A number that is not a 64-bit integer. The value is nil if it is infinite or not a number, and for JSON, where only
  /// integers are read.
  case float(Double?)
  case string

  /// Resolves a plain YAML scalar by the rules of the YAML 1.1 decoder that Kubernetes uses.
  ///
  /// `_` is allowed between digits. A number that begins with `0` or `0o` is octal, with `0x` hexadecimal, and with `0b`
  /// binary. A timestamp is a string.
  init(yaml bytes: ArraySlice<UInt8>) {
    guard let first = bytes.first else {
      self = .null
      return
    }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      self = Self.number(bytes)
    default:
      guard bytes.count <= 5 else {
        self = .string
        return
      }
      self = Self.words[String(decoding: bytes, as: UTF8.self)] ?? .string
    }
  }

  /// Resolves a JSON literal or number. The scanner has checked its grammar.
  init(json bytes: ArraySlice<UInt8>) {
    switch bytes.first {
    case UInt8(ascii: "n"): self = .null
    case UInt8(ascii: "t"): self = .bool(true)
    case UInt8(ascii: "f"): self = .bool(false)
    default:
      let text = String(decoding: bytes, as: UTF8.self)
      self = Int64(text).map { .int($0) } ?? .float(nil)
    }
  }

  private static let words: [String: ScalarValue] = {
    var words: [String: ScalarValue] = [:]
    for word in ["~", "null", "Null", "NULL"] { words[word] = .null }
    for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] { words[word] = .bool(true) }
    for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
      words[word] = .bool(false)
    }
    return words
  }()

  private static func number(_ bytes: ArraySlice<UInt8>) -> ScalarValue {
    var digits = bytes.filter { $0 != UInt8(ascii: "_") }[...]
    let negative = digits.first == UInt8(ascii: "-")
    if negative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    var radix = 10
    if digits.first == UInt8(ascii: "0"), digits.count > 1 {
      switch digits[digits.startIndex + 1] | 0x20 {
      case UInt8(ascii: "x"): (radix, digits) = (16, digits.dropFirst(2))
      case UInt8(ascii: "o"): (radix, digits) = (8, digits.dropFirst(2))
      case UInt8(ascii: "b"): (radix, digits) = (2, digits.dropFirst(2))
      default: (radix, digits) = (8, digits.dropFirst())
      }
    }
    if digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
      let value = Int64((negative ? "-" : "") + String(decoding: digits, as: UTF8.self), radix: radix)
    {
      return .int(value)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    switch text {
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN":
      return .float(nil)
    default: return isFloat(bytes) ? .float(Double(text)) : .string
    }
  }

  /// Whether the text has the form `[-+]? (.digits | digits [.digits?]) ([eE] [-+]? digits)?`, which is narrower than the
  /// YAML specification.
  private static func isFloat(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    func takeDigits() -> Int {
      let count = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
      rest = rest.dropFirst(count)
      return count
    }
    func takeSign() {
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    }
    takeSign()
    var count = takeDigits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      count += takeDigits()
    }
    guard count > 0 else { return false }
    if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      takeSign()
      guard takeDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
