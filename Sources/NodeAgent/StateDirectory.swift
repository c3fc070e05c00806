package import Reconcile

/// The agent's state directory after every change is undone.
package enum StateDirectory {
  /// Removes the ledger, the originals and the locks, and the directory if nothing else is in it.
  ///
  /// Call it only with the agent's lock and while the ledger is empty.
  package static func remove(from files: any NodeFiles) throws(FileFailure) {
    for name in try files.names(in: Ledger.originals) ?? [] {
      try files.remove("\(Ledger.originals)/\(name)")
    }
    try files.removeDirectory(Ledger.originals)
    for path in [Ledger.path, Ledger.lockPath, AgentLock.path] { try files.remove(path) }
    try files.removeDirectory(Ledger.directory)
  }
}
