/// What has been logged, so that each problem is logged once and again only after it was gone.
struct SaidOnce<Problem: Hashable> {
  private var said: Set<Problem> = []

  /// Returns those problems that the last call did not have, in their order.
  mutating func news(in problems: [Problem]) -> [Problem] {
    let news = problems.filter { !said.contains($0) }
    said = Set(problems)
    return news
  }
}
