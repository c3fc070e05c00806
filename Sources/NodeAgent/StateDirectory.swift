package import Reconcile

/// The agent's state directory, once every change is undone and nothing in it is needed any more.
package enum StateDirectory {
  /// Removes the ledger, the originals and the locks, and the directory if nothing else is in it.
  ///
  /// Only for the process that has the agent's lock, while the ledger records nothing.
  package static func remove(from files: any NodeFiles) throws(FileFailure) {
    for name in try files.names(in: Ledger.originals) ?? [] {
      try files.remove("\(Ledger.originals)/\(name)")
    }
    try files.removeDirectory(Ledger.originals)
    for path in [Ledger.path, Ledger.lockPath, AgentLock.path] { try files.remove(path) }
    try files.removeDirectory(Ledger.directory)
  }
}
