import Reconcile

/// The number of entries of its long lists that a /status shows, so that it stays short.
///
/// Beside a shortened list is the number of entries that it leaves out. The files and modules that need attention are
/// kept.
struct StatusLength {
  /// The longest /status in bytes.
  static let limit = 512 * 1024

  var files = 1024
  var modules = 128
  var rules = StatusDocument.mostRules
  var ignored = 1024
  var issues = 256

  /// Whether the lists cannot be shortened any more.
  var isShortest: Bool { files == 1 && modules == 1 && rules == 1 && ignored == 1 && issues == 1 }

  mutating func halve() {
    for list in [\Self.files, \.modules, \.rules, \.ignored, \.issues] {
      self[keyPath: list] = max(1, self[keyPath: list] / 2)
    }
  }

  /// Returns the document with its lists cut to these lengths.
  func cut(_ document: StatusDocument) -> StatusDocument {
    var short = document
    short.moreFiles = Self.cut(&short.files, to: files) { $0.state == .inSync }
    short.moreModules = Self.cut(&short.modules, to: modules) {
      !$0.wanted || $0.verdicts.autoload.open && $0.verdicts.boot.open && $0.verdicts.explicit.open
    }
    short.intent.moreIgnored = Self.cut(&short.intent.ignored, to: ignored)
    short.intent.moreIssues = Self.cut(&short.intent.issues, to: issues) { $0.severity != "error" }
    for index in short.modules.indices {
      var verdicts = short.modules[index].verdicts
      verdicts.autoload = cut(verdicts.autoload)
      verdicts.explicit = cut(verdicts.explicit)
      if let gone = Self.cut(&verdicts.boot.blockedBy, to: rules) {
        verdicts.boot.more = (verdicts.boot.more ?? 0) + gone
      }
      short.modules[index].verdicts = verdicts
    }
    return short
  }

  /// Shortens a list, and returns the number of removed entries, or nil if it was short enough. Entries for which
  /// `canGo` is true are removed first.
  private static func cut<Entry>(
    _ list: inout [Entry], to length: Int, where canGo: (Entry) -> Bool = { _ in false }
  ) -> Int? {
    let excess = list.count - length
    guard excess > 0 else { return nil }
    list = Array((list.filter { !canGo($0) } + list.filter(canGo)).prefix(length))
    return excess
  }

  private func cut(_ way: StatusDocument.Way) -> StatusDocument.Way {
    var short = way
    if let gone = Self.cut(&short.blockedBy, to: rules) { short.more = (way.more ?? 0) + gone }
    return short
  }
}
