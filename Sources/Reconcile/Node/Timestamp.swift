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
