import Modprobe
package import Reconcile

/// Carries out steps. Nothing else changes a node.
package struct Applier {
  private let access: NodePorts
  package var ledger: Ledger

  package init(access: NodePorts, ledger: Ledger) {
    self.access = access
    self.ledger = ledger
  }

  /// Tries every step, whether or not those before it succeeded.
  ///
  /// - Parameters:
  ///   - steps: the steps, in the plan's order.
  ///   - node: the node that the plan was made from; a file that has changed since is left for the next pass.
  ///   - goesOn: asked before each step; if it returns false, the remaining steps are skipped.
  package mutating func apply(
    _ steps: [Step], node: NodeState, at now: Timestamp, while goesOn: () -> Bool = { true }
  ) -> [Outcome] {
    steps.compactMap { step in
      guard goesOn() else { return nil }
      do {
        switch step {
        case .write(let write, because: let reason):
          guard try put(write, because: reason, node: node, at: now) else { return nil }
        case .load(let module):
          try load(module, node: node)
        case .remove, .link:
          try carryOut(step)
        }
        return Outcome(step: step, failure: nil)
      } catch let failure as FileFailure {
        return Outcome(step: step, failure: .file(failure))
      } catch let failure as StepFailure {
        return Outcome(step: step, failure: failure)
      } catch {
        preconditionFailure("steps fail with FileFailure or StepFailure only: \(error)")
      }
    }
  }

  /// Carries out a change that is not recorded in the ledger: `revert` restores what the ledger holds, and the feature
  /// file is the agent's own and expires.
  ///
  /// Returns false, and changes nothing, if something unexpected is at the path.
  @discardableResult
  package func carryOut(_ step: Step, over expected: ExpectedEntry = .anything) throws(FileFailure) -> Bool {
    switch step {
    case .write(let write, because: _): return try access.files.write(write, over: expected)
    case .remove(let path): return try access.files.remove(path, expecting: expected)
    case .link(let path, let target): return try access.files.link(path, to: target, over: expected)
    case .load: preconditionFailure("\(step) changes no file")
    }
  }

  /// Returns false, and leaves the file as it is, if it is no longer the file that the plan was made from.
  private mutating func put(
    _ write: FileWrite, because reason: WriteReason, node: NodeState, at now: Timestamp
  ) throws(FileFailure) -> Bool {
    let access = access
    let seen = node.entries[PathKey(write.path)]
    return try ledger.exclusively { (ledger) throws(FileFailure) in
      let current = try access.files.entry(write.path)
      guard current.isSameFile(as: seen) else { return false }
      if current?.kind == .directory {
        throw FileFailure.directoryInPlace(of: write.path)
      }
      var write = write
      if write.isEdit { write.attributes = current?.attributes ?? FileAttributes() }
      try ledger.record(write, because: reason, replacing: current, at: now)
      if try access.files.write(write, over: .exactly(current)) { return true }
      // Another file has just replaced it. The next pass decides about that one.
      try ledger.withdrawLast()
      return false
    }
  }

  /// Loads a module. Success is the state that the kernel reports afterwards, not the return value.
  private func load(_ module: ModuleName, node: NodeState) throws(StepFailure) {
    var failure = LoadFailure(module: module)
    do {
      try access.modules.load(module)
    } catch {
      failure = error
    }
    let state = try? access.sys.line("/module/\(module)/initstate")
    guard state != "live" else { return }
    throw .load(failure, LoadExplanation.blocker(for: failure, node: node))
  }
}

extension FileEntry? {
  /// Whether both are the same file, or both are absent.
  fileprivate func isSameFile(as other: FileEntry?) -> Bool {
    guard let self, let other else { return self == nil && other == nil }
    return self.isSameFile(as: other)
  }
}
