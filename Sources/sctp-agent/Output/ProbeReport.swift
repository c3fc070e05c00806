/// What a probe prints, as lines for people or as JSON for programs.
protocol ProbeReport: Encodable {
  /// Whole lines.
  var text: String { get }
}

extension ProbeReport {
  func rendered(as format: OutputOption.Form) -> String {
    switch format {
    case .text: return text
    case .json:
      return String(decoding: JSONResult.line(self), as: UTF8.self) + "\n"
    }
  }
}
