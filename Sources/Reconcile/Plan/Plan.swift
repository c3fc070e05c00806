package import MachineIntent
package import Modprobe

/// What to do on a node, decided from the desired and the observed state alone.
///
/// Files come before loads, because a load reads them.
package struct Plan: Hashable, Sendable {
  package let steps: [Step]
  /// Every file that the agent is responsible for, sorted by path.
  package let files: [TrackedFile]
  /// The verdicts on each wanted or kept-out module once the files are in place.
  package let verdicts: [ModuleName: LoadVerdicts]

  package var writes: [FileWrite] {
    steps.compactMap {
      if case .write(let file, because: _) = $0 { return file }
      return nil
    }
  }

  /// - Parameters:
  ///   - desired: what the intents want.
  ///   - node: what was observed.
  ///   - policy: what may be changed besides the declared files.
  ///   - overridden: the unmanaged files that the agent has changed before, from the ledger.
  package init(desired: DesiredState, node: NodeState, policy: UnblockPolicy, overridden: Set<PathKey> = []) {
    let declared = desired.files.map { DeclaredFile(file: $0, node: node) }
    let declaredWrites = declared.compactMap(\.step)
    let afterDeclared = node.applying(declared.compactMap(\.write))

    let unblocking = Unblocking(
      modules: desired.wanted, node: afterDeclared, policy: policy,
      declared: Set(desired.files.map { PathKey($0.path) }))
    let after = afterDeclared.applying(unblocking.writes)

    let subjects = desired.wanted + desired.keptOut
    let verdicts = Dictionary(
      subjects.map { ($0, LoadVerdicts(module: $0, node: after, desired: desired)) },
      uniquingKeysWith: { first, _ in first })
    // One load at a time: a second one would wait for the first.
    let loadable = node.unfinishedModuleWork == nil ? desired.wanted : []
    let loads = loadable.filter { module in
      node.modules[module]?.state == .absent && verdicts[module]?.explicit.isOpen == true
    }

    self.verdicts = verdicts
    steps = declaredWrites + unblocking.steps + loads.map(Step.load)
    let answered = declared.map(\.verdict) + unblocking.verdicts
    let known = Set(answered.map { PathKey($0.path) })
    let settled = overridden.subtracting(known).compactMap { key in
      // The agent edits regular files only, so anything else is not its edit.
      node.entries[key].flatMap {
        $0.kind == .regular
          ? TrackedFile(path: key.path, owner: .override, contents: $0.contents, mode: $0.mode, drift: nil) : nil
      }
    }
    files = (answered + settled).sorted { PathKey($0.path) < PathKey($1.path) }
  }
}
