/// One metric family with its samples, in either exposition format.
struct MetricFamily {
  enum Kind: String { case counter, gauge, histogram }

  struct Sample {
    /// What follows the family's name: empty, `_total`, `_bucket`, `_sum` or `_count`.
    var suffix = ""
    var labels: [(name: String, value: String)] = []
    var value: String
  }

  /// Without `_total`.
  let name: String
  let kind: Kind
  /// One sentence.
  let help: String
  let samples: [Sample]

  init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.help = help
    self.samples = samples
  }

  /// A gauge of yes and no.
  static func flags(_ name: String, _ help: String, _ flags: [(labels: [(name: String, value: String)], on: Bool)])
    -> Self
  {
    Self(name, .gauge, help, flags.map { Sample(labels: $0.labels, value: $0.on ? "1" : "0") })
  }

  func text(_ format: AcceptedFormat) -> String {
    // Prometheus text names a counter as its samples are named, OpenMetrics without the suffix.
    let family = kind == .counter && format == .prometheusText ? name + "_total" : name
    var text = "# HELP \(family) \(help)\n# TYPE \(family) \(kind.rawValue)\n"
    for sample in samples {
      text += name + sample.suffix
      if !sample.labels.isEmpty {
        text += "{" + sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
      }
      text += " \(sample.value)\n"
    }
    return text
  }

  private static func escaped(_ value: String) -> String {
    // Hardly any needs it, and there is one for each file.
    guard value.utf8.contains(where: { $0 == Octet.lineFeed || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") })
    else { return value }
    var escaped = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
