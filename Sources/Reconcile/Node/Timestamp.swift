/// A moment of the wall clock, in milliseconds since the epoch.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// RFC 3339 in UTC with milliseconds: `2026-11-22T10:00:00.000Z`.
  package var description: String {
    let (days, ofDay) = milliseconds.quotientAndFloor(by: 86_400_000)
    let date = CivilDate(daysSinceEpoch: days)
    let second = ofDay / 1000
    var text: [UInt8] = []
    text.reserveCapacity(24)
    text.append(date.year, digits: 4, then: "-")
    text.append(date.month, digits: 2, then: "-")
    text.append(date.day, digits: 2, then: "T")
    text.append(second / 3600, digits: 2, then: ":")
    text.append(second / 60 % 60, digits: 2, then: ":")
    text.append(second % 60, digits: 2, then: ".")
    text.append(ofDay % 1000, digits: 3, then: "Z")
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads what `description` writes. Returns nil for any other text.
  package init?(parsing text: String) {
    let parts = text.utf8.split(maxSplits: 7, omittingEmptySubsequences: false) {
      !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    let numbers = parts.compactMap { Int64(Substring($0)) }
    guard numbers.count == 7, text.utf8.count == 24, text.hasSuffix("Z") else { return nil }
    let days = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2]).daysSinceEpoch
    let seconds = days * 86_400 + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
    self.init(milliseconds: seconds * 1000 + numbers[6])
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  package func adding(seconds: Int) -> Timestamp { Timestamp(milliseconds: milliseconds + Int64(seconds) * 1000) }
}

extension [UInt8] {
  /// Appends a number of at least so many digits, and a separator.
  fileprivate mutating func append(_ number: Int64, digits: Int, then separator: Unicode.Scalar) {
    append(number.magnitude, digits: digits)
    append(UInt8(ascii: separator))
  }

  private mutating func append(_ number: UInt64, digits: Int) {
    if digits > 1 || number > 9 { append(number / 10, digits: digits - 1) }
    append(UInt8(ascii: "0") + UInt8(number % 10))
  }
}
