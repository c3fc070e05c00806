import FoundationEssentials
package import Reconcile

/// The lock by which one process at a time changes a node: `agent.lock` in the state directory.
///
/// A pod and a unit on one node share that directory, and flock(2) ignores namespaces, so the lock works between them
/// too. The process that has it describes itself in the file. The contents count only while the file is locked.
package final class AgentLock {
  package static let path = "\(Ledger.directory)/agent.lock"
  private static let limit = 4096

  package enum Attempt {
    /// This process has the lock. `isNew` says whether it has just got it.
    case held(isNew: Bool)
    /// Another process has the lock.
    case refused(LockHolder)
    /// The lock file cannot be created or locked, so no other process has it. The ledger is in the same directory and
    /// cannot be written either, so no file is changed.
    case failed(FileFailure)
  }

  private let files: any NodeFiles
  private let holder: LockHolder
  private var lock: (any FileLock)?
  private var isDescribed = false

  /// - Parameter holder: how this process describes itself to others while it has the lock.
  package init(files: any NodeFiles, holder: LockHolder) {
    self.files = files
    self.holder = holder
  }

  /// Takes the lock unless this process has it. Creates the state directory if it does not exist.
  ///
  /// - Parameter timeout: how long to wait for another process to end.
  package func take(timeout: Duration = .zero) -> Attempt {
    if let lock, lock.isInPlace { return .held(isNew: false) }
    // If the state directory was removed, the lock was removed with it.
    lock = nil
    do throws(FileFailure) {
      lock = try Ledger.makingDirectories(in: files) { () throws(FileFailure) in
        try files.lock(Self.path, timeout: timeout)
      }
    } catch {
      return .failed(error)
    }
    guard lock != nil else { return .refused(currentHolder) }
    isDescribed = false
    // One pass over a node in sync writes nothing, not even the lock file.
    if holder.command != .apply { describe() }
    return .held(isNew: true)
  }

  /// Writes the owner of the lock into the lock file, unless that is done.
  package func describe() {
    guard let lock, !isDescribed else { return }
    lock.write(Array((try? JSONEncoder().encode(holder)) ?? Data()) + [UInt8(ascii: "\n")])
    isDescribed = true
  }

  /// Whether this process has the lock.
  package var isHeld: Bool { lock?.isInPlace == true }

  private var currentHolder: LockHolder {
    guard let bytes = try? files.read(Self.path, limit: Self.limit),
      let holder = try? JSONDecoder().decode(LockHolder.self, from: Data(bytes))
    else { return .unknown }
    return holder
  }
}
