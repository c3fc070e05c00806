extension Double {
  /// The seconds as milliseconds, with three decimals: `0.412 ms`.
  var milliseconds: String {
    let microseconds = Int((self * 1_000_000).rounded())
    let fraction = String(microseconds % 1000)
    return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) ms"
  }
}
