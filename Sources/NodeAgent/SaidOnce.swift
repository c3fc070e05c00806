/// The problems that are logged already. Each one is logged once, and again only after it was gone.
struct SaidOnce<Problem: Hashable> {
  private var said: Set<Problem> = []

  /// Returns the problems that the last call did not have, in their order.
  mutating func news(in problems: [Problem]) -> [Problem] {
    let news = problems.filter { !said.contains($0) }
    said = Set(problems)
    return news
  }
}
