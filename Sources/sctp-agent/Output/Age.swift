import Reconcile

/// The age of something, in the short form of kubectl: `45s`, `12m`, `5h`, `3d`.
struct Age: CustomStringConvertible {
  let description: String

  /// Returns nil if the text is not a time.
  init?(_ time: String, at now: Timestamp) {
    guard let time = Timestamp(parsing: time) else { return nil }
    let seconds = max(0, now.milliseconds - time.milliseconds) / 1000
    description =
      switch seconds {
      case ..<120: "\(seconds)s"
      case ..<7_200: "\(seconds / 60)m"
      case ..<172_800: "\(seconds / 3_600)h"
      default: "\(seconds / 86_400)d"
      }
  }
}
