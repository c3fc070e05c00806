import Reconcile

/// One metric family with its samples, in either exposition format.
struct MetricFamily {
  enum Kind: String { case counter, gauge, histogram }

  struct Sample {
    /// The text after the family's name: empty, `_total`, `_bucket`, `_sum` or `_count`.
    var suffix = ""
    var labels: [(name: String, value: String)] = []
    var value: String
  }

  /// The family's name without `_total`.
  let name: String
  let kind: Kind
  /// The help text: one sentence.
  let help: String
  let samples: [Sample]

  init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.help = help
    self.samples = samples
  }

  /// Creates a gauge with the value 1 for true and 0 for false.
  static func flags(_ name: String, _ help: String, _ flags: [(labels: [(name: String, value: String)], on: Bool)])
    -> Self
  {
    Self(name, .gauge, help, flags.map { Sample(labels: $0.labels, value: $0.on ? "1" : "0") })
  }

  /// Returns the family in a format; empty if it has no samples.
  func text(_ format: AcceptedFormat) -> String {
    guard !samples.isEmpty else { return "" }
    // In Prometheus text, a counter's name has the suffix of its samples; in OpenMetrics, it does not.
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

  /// Escapes a label's value. Different values stay different: a scraper refuses an exposition with equal series.
  private static func escaped(_ original: String) -> String {
    let value = original.unambiguouslyPrintable
    // Few values need an escape, and there are several for each file.
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
