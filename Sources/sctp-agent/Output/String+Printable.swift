extension String {
  /// In one line and without what a terminal would obey: control characters are written as `\\x1b`.
  ///
  /// Rules are the text of files that anybody may have written.
  var printable: String {
    guard unicodeScalars.contains(where: Self.isControl) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      guard Self.isControl(scalar) else {
        text.unicodeScalars.append(scalar)
        return
      }
      let digits = String(scalar.value, radix: 16)
      text += "\\x\(digits.count == 1 ? "0" : "")\(digits)"
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\t"
  }
}
