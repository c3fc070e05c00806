package import MachineIntent
package import Modprobe

/// What to do on a node, decided from the desired and the observed state alone.
///
/// Files come before loads, because a load reads them.
package struct Plan: Hashable, Sendable {
  package let steps: [Step]
  /// Every file that the agent is responsible for, sorted by path.
  package let files: [TrackedFile]
  package var writes: [FileWrite] { steps.compactMap(\.fileWrite) }

  /// - Parameters:
  ///   - desired: what the intents want.
  ///   - node: what was observed.
  ///   - policy: what may be changed besides the declared files.
  ///   - overridden: the unmanaged files that the agent has changed before, from the ledger.
  package init(desired: DesiredState, node: NodeState, policy: UnblockPolicy, overridden: Set<PathKey> = []) {
    let declared = desired.files.map { DeclaredFile(file: $0, node: node) }
    let repairs = declared.compactMap(\.step)
    let unblocking =
      policy == .declared
      ? Unblocking()
      : Unblocking(
        modules: desired.wanted, node: node, after: repairs.compactMap(\.fileWrite), policy: policy,
        declared: desired.files)
    let writes = repairs + unblocking.steps

    // One load at a time: a second one would wait for the first.
    let loadable = node.unfinishedModuleWork == nil ? desired.wanted : []
    let absent = loadable.filter { node.modules[$0]?.state == .absent }
    var loads: [ModuleName] = []
    if !absent.isEmpty {
      let after = node.applying(writes.compactMap(\.fileWrite))
      loads = absent.filter { LoadVerdicts(module: $0, node: after, desired: desired).explicit.isOpen }
    }

    steps = writes + loads.map(Step.load)
    let verdicts = declared.map(\.verdict)
    let answered = verdicts + unblocking.verdicts
    let settled = overridden.subtracting(answered.map { PathKey($0.path) }).compactMap { key in
      // The agent edits regular files only, so anything else is not its edit.
      node.entries[key].flatMap {
        $0.kind == .regular
          ? TrackedFile(path: key.path, owner: .override, contents: $0.contents, mode: $0.mode, drift: nil) : nil
      }
    }
    // The declared files are sorted, and most nodes have no others.
    files =
      answered.count + settled.count == verdicts.count
      ? verdicts : (answered + settled).sorted { PathKey($0.path) < PathKey($1.path) }
  }
}

extension Step {
  /// What the step writes; nil if it writes no file.
  fileprivate var fileWrite: FileWrite? {
    if case .write(let file, because: _) = self { return file }
    return nil
  }
}
