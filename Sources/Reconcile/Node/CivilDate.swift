/// A day of the proleptic Gregorian calendar, in UTC.
package struct CivilDate: Hashable, Sendable {
  package let year: Int64
  /// The month from 1 to 12.
  package let month: Int64
  /// The day from 1 to 31.
  package let day: Int64

  package init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Returns the day that is `days` after 1 January 1970. This is Howard Hinnant's civil_from_days, whose year begins
  /// in March.
  package init(daysSinceEpoch days: Int64) {
    let shifted = days + 719_468
    let (era, dayOfEra) = shifted.quotientAndFloor(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The number of days since 1 January 1970: Howard Hinnant's days_from_civil.
  package var daysSinceEpoch: Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = marchYear.quotientAndFloor(by: 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Int64 {
  /// Returns the quotient, rounded down, and the remainder, which is never negative.
  func quotientAndFloor(by divisor: Int64) -> (Int64, Int64) {
    let quotient = self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    return (quotient, self - quotient * divisor)
  }
}
