import MachineIntent

/// The file by which Node Feature Discovery learns that SCTP is usable on this node. It expires, so that a label does not
/// outlive an agent that was killed.
///
/// Format: "Local feature source" in Node Feature Discovery's customization guide.
package struct FeatureFile: Hashable, Sendable {
  /// The directory below the node's root.
  package let directory: String
  /// The time from a renewal to the expiry, in seconds.
  private let lifetime: Int

  /// - Parameters:
  ///   - directory: an absolute path.
  ///   - resync: the longest time between two passes, in seconds.
  package init(directory: String, resync: Int) {
    self.directory = String(directory.reversed().drop { $0 == "/" }.reversed())
    lifetime = max(300, 5 * resync)
  }

  package var path: String { "\(directory)/sctp-agent" }

  /// Returns the step that brings the file up to date, or nil if it is.
  ///
  /// - Parameters:
  ///   - usable: whether SCTP is usable on the node.
  ///   - current: what is at the file's path now; nil if nothing is.
  ///   - now: the time from which the file counts.
  package func step(usable: Bool, current: FileEntry?, at now: Timestamp) -> Step? {
    guard usable else { return current == nil ? nil : .remove(path: path) }
    if let current, isFresh(current, at: now) { return nil }
    let contents = Self.head + Self.expiry(now.adding(seconds: lifetime)) + Self.tail
    return .write(
      FileWrite(path: path, contents: Array(contents.utf8), mode: Self.mode, account: .root), because: .announces)
  }

  /// Whether the file has more than half of its time left, and no more than all of it: clocks can be set back.
  private func isFresh(_ file: FileEntry, at now: Timestamp) -> Bool {
    guard file.kind == .regular, file.mode == Self.mode, let contents = file.contents else { return false }
    let text = String(decoding: contents, as: UTF8.self)
    guard text.hasPrefix(Self.head), text.hasSuffix(Self.tail) else { return false }
    let expiry = text.dropFirst(Self.head.count).dropLast(Self.tail.count)
    // Times of this form are in order when their texts are.
    return expiry > Self.expiry(now.adding(seconds: lifetime / 2))
      && expiry <= Self.expiry(now.adding(seconds: lifetime))
  }

  private static let mode = FileMode(0o644)
  private static let head = "# Written by sctp-agent while SCTP is usable on this node.\n# +expiry-time="
  private static let tail = "\nfeature.node.kubernetes.io/sctp=true\n"

  /// RFC 3339 in UTC, to the second: `2026-11-22T10:00:00Z`.
  private static func expiry(_ moment: Timestamp) -> String { "\(moment.description.dropLast(5))Z" }
}
