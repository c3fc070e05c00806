import MachineIntent
import Modprobe
package import Reconcile

/// Restores every file in the ledger to the state that it would have without the agent: see `RecordedPath.original`.
package struct Revert {
  /// What was done to each file, and what could not be undone.
  package struct Result: Encodable, Sendable {
    package struct File: Encodable, Sendable {
      package let path: String
      package let outcome: String
      package let undone: Bool
    }

    package var files: [File] = []
    /// What `revert` cannot undo, such as a module that stays loaded until the next boot.
    package var remains: [String] = []

    package var undone: Bool { files.allSatisfy(\.undone) }

    package var lines: [String] {
      (files.isEmpty ? ["nothing to undo"] : files.map { "\($0.path): \($0.outcome)" }) + remains
    }
  }

  /// The number of damaged lines that are named.
  private static let damagedLimit = 8

  private let access: NodePorts
  private let applier: Applier

  package init(access: NodePorts) {
    self.access = access
    applier = Applier(access: access, ledger: Ledger(files: access.files))
  }

  /// Tries every path, and forgets those that are as they were. Changes none if it is unknown which of them the
  /// machine-config daemon manages. No other process can change the ledger meanwhile.
  ///
  /// Throws if the ledger cannot be read or locked.
  package func run() throws(FileFailure) -> Result {
    var ledger = Ledger(files: access.files)
    guard try access.files.stamp(Ledger.path) != nil else { return Result(remains: loadedModules()) }
    return try ledger.exclusively { (ledger) throws(FileFailure) in try run(&ledger) }
  }

  private func run(_ ledger: inout Ledger) throws(FileFailure) -> Result {
    let entries = try ledger.entries()
    var result = Result()
    let damaged = try ledger.damagedLines()
    result.files = damaged.prefix(Self.damagedLimit).map { line in
      let outcome = "line \(line) is damaged; undo by hand what it records, if that can still be read, then remove it"
      return .init(path: Ledger.path, outcome: outcome, undone: false)
    }
    if damaged.count > Self.damagedLimit {
      let left = damaged.count - Self.damagedLimit
      let outcome = "\(left) more \(left == 1 ? "line is" : "lines are") damaged"
      result.files.append(.init(path: Ledger.path, outcome: outcome, undone: false))
    }
    let managed: Set<PathKey>
    do throws(ConfigIssue) {
      managed = Set(try MachineConfigDaemonFiles.configuration(in: access.files)?.files.map { PathKey($0.path) } ?? [])
    } catch {
      let outcome = "left alone: it is unknown what the machine-config daemon manages: \(error.at): \(error.message)"
      result.files += RecordedPath.all(entries).map { .init(path: $0.path, outcome: outcome, undone: false) }
      result.remains = loadedModules()
      return result
    }
    var restored: Set<PathKey> = []
    for recorded in RecordedPath.all(entries) {
      do throws(FileFailure) {
        let (outcome, undone) = try undo(recorded, in: ledger, managed: managed)
        result.files.append(.init(path: recorded.path, outcome: outcome, undone: undone))
        if undone { restored.insert(PathKey(recorded.path)) }
      } catch {
        result.files.append(.init(path: recorded.path, outcome: error.description, undone: false))
      }
    }
    do throws(FileFailure) {
      if !restored.isEmpty { try ledger.forget(restored) }
    } catch {
      result.remains.append("the entries of what is undone could not be removed from the ledger: \(error)")
    }
    result.remains += loadedModules()
    return result
  }

  private func undo(
    _ recorded: RecordedPath, in ledger: Ledger, managed: Set<PathKey>
  ) throws(FileFailure) -> (String, undone: Bool) {
    let (path, original) = (recorded.path, recorded.original)
    if managed.contains(PathKey(path)) {
      return ("left alone: the machine-config daemon manages it now; remove the MachineConfig instead", true)
    }
    let found = try access.files.entry(path)
    let current = LedgerEntry.Original(found)
    if current.isSame(as: original) { return ("is already as it was", true) }
    if recorded.isUnmanaged, current.kind == .absent { return ("its owner has removed it", true) }
    let overtaken = ("left alone: it is being changed at this moment; run revert again", false)
    // A change that the agent did not make is another program's.
    guard recorded.entries.contains(where: { current.isWritten(by: $0) || current.isSame(as: $0.original) }) else {
      return ("left alone: it was changed after the agent wrote it; compare it with the original in the ledger", false)
    }
    switch original.kind {
    case .absent:
      guard try applier.carryOut(.remove(path: path), over: .exactly(found)) else { return overtaken }
      return ("removed: it did not exist before", true)
    case .symlink:
      let target = original.target ?? ""
      // Bytes that are not UTF-8 were recorded as U+FFFD.
      guard !target.unicodeScalars.contains("\u{FFFD}") else {
        return ("cannot be restored: the target of the link was not UTF-8; create the link again by hand", false)
      }
      guard try applier.carryOut(.link(path: path, target: target), over: .exactly(found)) else { return overtaken }
      return ("link to \(target) restored", true)
    case .regular:
      guard let bytes = try ledger.bytes(of: original) else {
        return ("cannot be restored: its bytes are missing from \(Ledger.directory)/originals", false)
      }
      let write = FileWrite(
        path: path, contents: bytes, mode: original.mode.flatMap(FileMode.init(octal:)) ?? FileMode(0o644),
        account: Account(user: original.user ?? 0, group: original.group ?? 0), label: original.label,
        attributes: original.fileAttributes ?? FileAttributes())
      guard try applier.carryOut(.write(write, because: .restores), over: .exactly(found)) else { return overtaken }
      return ("restored", true)
    case .other:
      return ("cannot be restored: a FIFO, socket or device was there; create it again by hand", false)
    }
  }

  private func loadedModules() -> [String] {
    ["sctp", "sctp_diag"].compactMap { name in
      guard (try? access.sys.line("/module/\(name)/initstate")) == "live" else { return nil }
      let users = (try? access.sys.line("/module/\(name)/refcnt")).map { ", \($0) users" } ?? ""
      return "module \(name) stays loaded until the next boot\(users)"
    }
  }
}

extension LedgerEntry.Original {
  /// Whether kind, bytes, mode, owner, attributes and target are the same.
  fileprivate func isSame(as other: Self) -> Bool {
    kind == other.kind && sha256 == other.sha256 && target == other.target
      && (kind != .regular
        || mode == other.mode && user == other.user && group == other.group
          && (other.attributes == nil || attributes == other.attributes))
  }

  /// Whether this is what the entry's change wrote.
  fileprivate func isWritten(by entry: LedgerEntry) -> Bool {
    kind == .regular && sha256 == entry.sha256
  }
}
