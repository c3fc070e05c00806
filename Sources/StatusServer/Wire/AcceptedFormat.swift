/// The two exposition formats of `/metrics`.
package enum AcceptedFormat: Hashable, Sendable {
  /// Prometheus text 0.0.4.
  case prometheusText
  /// OpenMetrics 1.0.
  case openMetrics

  /// Reads the format that a scraper prefers from an `Accept` value (RFC 9110 section 12.5.1): OpenMetrics if its weight
  /// is above 0 and not below that of `text/plain`.
  package init(accept value: Range<Int>, of bytes: Span<UInt8>) {
    var openMetrics = 0
    var text = 0
    bytes.forEachElement(of: value) { element in
      var end = element.lowerBound
      while end < element.upperBound, bytes[end] != Octet.semicolon { end += 1 }
      let type = bytes.trimmingBlanks(element.lowerBound..<end)
      let weight = Self.weight(end..<element.upperBound, of: bytes)
      if bytes.holds(ignoringCase: "application/openmetrics-text", at: type) { openMetrics = max(openMetrics, weight) }
      if bytes.holds(ignoringCase: "text/plain", at: type) { text = max(text, weight) }
    }
    self = openMetrics > 0 && openMetrics >= text ? .openMetrics : .prometheusText
  }

  /// Returns the weight in thousandths: 1000 if the parameters have none, 0 if it is malformed.
  private static func weight(_ parameters: Range<Int>, of bytes: Span<UInt8>) -> Int {
    var start = parameters.lowerBound
    while start < parameters.upperBound {
      var end = start + 1
      while end < parameters.upperBound, bytes[end] != Octet.semicolon { end += 1 }
      let parameter = bytes.trimmingBlanks((start + 1)..<end)
      start = end
      guard parameter.count >= 3, bytes.holds(ignoringCase: "q=", at: parameter.prefix(2)) else { continue }
      guard Octet.isDigit(bytes[parameter.lowerBound + 2]) else { return 0 }
      var thousandths = 1000 * Int(bytes[parameter.lowerBound + 2] - 0x30)
      var unit = 100
      for index in parameter.dropFirst(4).prefix(3) {
        guard Octet.isDigit(bytes[index]) else { return 0 }
        thousandths += unit * Int(bytes[index] - 0x30)
        unit /= 10
      }
      return min(thousandths, 1000)
    }
    return 1000
  }
}
