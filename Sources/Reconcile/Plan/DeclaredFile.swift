import MachineIntent
import Modprobe

/// A declared file compared with what the node holds.
struct DeclaredFile {
  let verdict: TrackedFile
  /// The step that repairs it; nil if it is in sync, or cannot be repaired.
  private(set) var step: Step?

  init(file: borrowing DesiredFile, node: borrowing NodeState) {
    let entry = node.entries[PathKey(file.path)]
    let regular = entry?.kind == .regular ? entry : nil
    let owner: TrackedFile.Owner = file.owner == .machineConfigDaemon ? .machineConfigDaemon : .intent
    do throws(FileFailure) {
      if entry?.kind == .directory { throw .directoryInPlace(of: file.path) }
      if let failure = regular?.failure { throw failure }
      let wanted = try file.write(replacing: regular, node: node)
      let drift = wanted.drift(from: entry)
      if let drift {
        let directory = WritablePath.Directory(of: file.path)?.rawValue ?? ""
        if case .no(let failure)? = node.writable[directory] { throw failure }
        step = .write(
          wanted,
          because: owner == .machineConfigDaemon
            ? .managed(by: file.machineConfig, drift) : .declared(by: file.machineConfig, drift))
      }
      verdict = TrackedFile(
        path: file.path, owner: owner, contents: wanted.contents, mode: wanted.mode, drift: drift)
    } catch {
      verdict = TrackedFile(
        path: file.path, owner: owner, contents: regular?.contents, mode: regular?.mode, drift: .contents,
        failure: error)
    }
  }
}

extension DesiredFile {
  /// Returns the bytes, mode and owner that the file should have, given the regular file that is there now.
  fileprivate func write(replacing existing: FileEntry?, node: NodeState) throws(FileFailure) -> FileWrite {
    var bytes = contents ?? existing?.contents ?? []
    if !appended.isEmpty, contents != nil || !bytes.ends(with: appended) { bytes += appended }
    return FileWrite(
      path: path, contents: bytes, mode: mode ?? existing?.mode ?? FileMode(0o644),
      account: Account(
        user: try number(of: user, in: node.users, node, what: "user") ?? existing?.account.user ?? 0,
        group: try number(of: group, in: node.groups, node, what: "group") ?? existing?.account.group ?? 0),
      // If the intent declares no contents, it declares only the mode or the end of a file that another program may
      // own.
      isEdit: contents == nil && existing != nil)
  }

  private func number(
    of principal: Principal?, in known: [String: UInt32], _ node: NodeState, what: String
  ) throws(FileFailure) -> UInt32? {
    switch principal {
    case nil: return nil
    // chown(2) takes it for "as it is".
    case .id(.max)?:
      throw FileFailure(
        .write, path, errno: 0, reason: .noSuchOwner,
        message: "\(UInt32.max) is not a number that a \(what) can have; give another one")
    case .id(let id)?: return id
    case .name(let name)?:
      if let id = known[name], id != .max { return id }
      if let failure = node.unreadAccounts { throw failure }
      throw FileFailure(
        .write, path, errno: 0, reason: .noSuchOwner,
        message: "the node has no \(what) named '\(name)'; name one that its /etc holds, or give a number")
    }
  }
}

extension FileWrite {
  /// Returns nil if the entry is exactly this.
  fileprivate func drift(from entry: FileEntry?) -> Drift? {
    guard let entry else { return .missing }
    if entry.kind != .regular { return .kind }
    if entry.contents != contents { return .contents }
    if entry.mode != mode { return .mode }
    return entry.account == account ? nil : .owner
  }
}
