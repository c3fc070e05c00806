/// A moment of the wall clock, in milliseconds since the epoch.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// RFC 3339 in UTC with milliseconds: `2026-11-22T10:00:00.000Z`.
  package var description: String {
    let (days, ofDay) = milliseconds.quotientAndFloor(by: 86_400_000)
    // Howard Hinnant's civil-from-days, with the year beginning in March.
    let shifted = days + 719_468
    let (era, dayOfEra) = shifted.quotientAndFloor(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let second = ofDay / 1000
    return "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
      + "T\((second / 3600).padded(2)):\((second / 60 % 60).padded(2)):\((second % 60).padded(2))"
      + ".\((ofDay % 1000).padded(3))Z"
  }

  /// Reads what `description` writes. Returns nil for any other text.
  package init?(parsing text: String) {
    let parts = text.utf8.split(maxSplits: 7, omittingEmptySubsequences: false) {
      !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    let numbers = parts.compactMap { Int64(Substring($0)) }
    guard numbers.count == 7, text.utf8.count == 24, text.hasSuffix("Z") else { return nil }
    let (year, month, day) = (numbers[0], numbers[1], numbers[2])
    // Howard Hinnant's days-from-civil, with the year beginning in March.
    let marchYear = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let days = 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    let seconds = days * 86_400 + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
    self.init(milliseconds: seconds * 1000 + numbers[6])
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  package func adding(seconds: Int) -> Timestamp { Timestamp(milliseconds: milliseconds + Int64(seconds) * 1000) }
}

extension Int64 {
  fileprivate func quotientAndFloor(by divisor: Int64) -> (Int64, Int64) {
    let quotient = self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    return (quotient, self - quotient * divisor)
  }

  fileprivate func padded(_ width: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}
