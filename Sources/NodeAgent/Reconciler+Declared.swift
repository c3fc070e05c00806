import Reconcile

extension Reconciler {
  /// After an event about files, puts right what has drifted of the declared ones before anything is asked that has no
  /// say in it. Returns what became of that, or where nothing was to be done, what was seen.
  mutating func repairDeclared(
    _ moment: PassInput, _ seen: NodeState, found: ([TrackedFile], Bool) -> Void, goesOn: () -> Bool, acted: () -> Void
  ) throws(FileFailure) -> ([Outcome], Observer.DropInListing?) {
    guard !onlyObserves, let desired, let glance = observer.glance() else {
      return ([], nil)
    }
    let node = glance.entries(in: seen)
    let plan = Plan(declaredBy: desired, node: node)
    // The intent has just been compared: these stamps are of the same moment.
    let known = managedStamps.flatMap { $0.at == moment.now ? $0.stamps : nil }
    let stamps = if let known { known } else { try MachineConfigDaemonFiles.stamps(in: access.files) }
    let hold = hold(after: stamps, at: moment.now)
    let waits = WriteGate(isHeld: hold != nil, isUnrecorded: false, paths: moment.resting)
    let due = plan.steps.filter(waits.allow)
    guard !due.isEmpty else { return ([], glance) }
    found(plan.files.filter { $0.drift != nil }, false)
    let outcomes = applier.apply(due, node: node, owners: plan.owners, at: moment.now, while: goesOn)
    acted()
    return (outcomes, nil)
  }

  /// The hold that the last change of the machine-config daemon's files begins; nil: none.
  func hold(after stamps: [FileStamp], at now: Timestamp) -> Hold? {
    Hold(after: stamps.map(\.modified), at: now, settle: settings.settle)
  }

  /// Why a file is not to be changed now.
  struct WriteGate {
    /// The machine-config daemon is at work.
    let isHeld: Bool
    /// What is changed could not be written down.
    let isUnrecorded: Bool
    /// Somebody else keeps rewriting these.
    let paths: Set<String>

    func allow(_ step: Step) -> Bool {
      guard let path = step.path else { return true }
      return !isHeld && !isUnrecorded && !paths.contains(path)
    }
  }
}
