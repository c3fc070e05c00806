import Reconcile

/// The fixed-length date of RFC 9110 section 5.6.7, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  package static let length = 29

  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Returns the date as text.
  ///
  /// - Parameter seconds: the seconds since 1970; not negative, and before the year 10000.
  package static func bytes(_ seconds: Int) -> [UInt8] {
    let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let date = CivilDate(daysSinceEpoch: Int64(days))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    bytes += weekdays[days % 7].utf8
    bytes += ", ".utf8
    append(Int(date.day), digits: 2, to: &bytes)
    bytes += " \(months[Int(date.month) - 1]) ".utf8
    append(Int(date.year), digits: 4, to: &bytes)
    for (separator, value) in [
      (Octet.space, second / 3_600), (Octet.colon, second / 60 % 60), (Octet.colon, second % 60),
    ] {
      bytes.append(separator)
      append(value, digits: 2, to: &bytes)
    }
    bytes += " GMT".utf8
    return bytes
  }

  private static func append(_ value: Int, digits: Int, to bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(0x30 + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
