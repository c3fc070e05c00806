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
    // Days are counted from 1 March of a leap-year cycle, so that the leap day comes last.
    let shifted = days + 719_468
    let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = (monthFromMarch + 2) % 12
    let year = yearOfEra + era * 400 + (month < 2 ? 1 : 0)

    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    bytes += weekdays[days % 7].utf8
    bytes += ", ".utf8
    append(day, digits: 2, to: &bytes)
    bytes += " \(months[month]) ".utf8
    append(year, digits: 4, to: &bytes)
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
