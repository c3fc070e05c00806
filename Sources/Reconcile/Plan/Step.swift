package import MachineIntent
package import Modprobe

/// Everything that the agent can do to a node. There are no other effects.
package enum Step: Hashable, Sendable {
  /// Replaces a file by one atomic rename, after the ledger has recorded what was there.
  case write(FileWrite, because: WriteReason)
  /// Loads a module through libkmod.
  case load(ModuleName)
  /// Removes a file that the agent created: on `revert`, and Node Feature Discovery's when SCTP is not usable.
  case remove(path: String)
  /// `revert` only: restores a symlink that the agent replaced.
  case link(path: String, target: String)
}

/// The reason why a file is written.
package enum WriteReason: Hashable, Sendable {
  /// The intent declares the file, and it differs in this way.
  case declared(by: String, Drift)
  /// The machine-config daemon's configuration contains the file, and it differs in this way.
  case managed(by: String, Drift)
  /// These lines of the file block a wanted module. `from` is the vendor's file that the new one shadows, or nil if the
  /// file is edited in place.
  case unblocks([ModuleName], lines: [Int], from: String?)
  /// `revert` restores what the ledger has kept.
  case restores
  /// Announces to Node Feature Discovery that SCTP is usable.
  case announces

  /// Who declares the file, for the ledger, which has no entries for what is restored or announced.
  package var owner: TrackedFile.Owner {
    switch self {
    case .declared, .restores, .announces: .intent
    case .managed: .machineConfigDaemon
    case .unblocks: .override
    }
  }

  package var drift: Drift {
    switch self {
    case .declared(_, let drift), .managed(_, let drift): drift
    case .unblocks: .blocks
    case .restores, .announces: .contents
    }
  }
}

extension Step: CustomStringConvertible {
  /// The step in one line, for `plan` and the log.
  package var description: String {
    switch self {
    case .write(let file, because: let reason): "write \(file.path) (\(reason))"
    case .load(let module): "load \(module)"
    case .remove(let path): "remove \(path)"
    case .link(let path, let target): "link \(path) to \(target)"
    }
  }

  /// The path that the step changes; nil if it loads a module.
  package var path: String? {
    switch self {
    case .write(let file, because: _): file.path
    case .remove(let path), .link(let path, _): path
    case .load: nil
    }
  }
}

extension WriteReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .declared(let name, let drift): "declared by \(name): \(drift.sentence)"
    case .managed(let name, let drift): "managed through \(name): \(drift.sentence)"
    case .unblocks(let modules, let lines, let source):
      "unblocks \(modules.map(\.rawValue).joined(separator: ", ")): comments out line"
        + (lines.count == 1 ? " " : "s ") + lines.map(String.init).joined(separator: ", ")
        + (source.map { " of a copy that shadows \($0)" } ?? "")
    case .restores: "restores what was there before the agent"
    case .announces: "announces that SCTP is usable"
    }
  }
}

/// One file to write.
package struct FileWrite: Hashable, Sendable {
  package let path: String
  package let contents: [UInt8]
  package let mode: FileMode
  package let account: Account
  /// The SELinux label. Nil means the label of the regular file that is replaced, otherwise the directory's.
  package let label: String?
  /// All attributes that the file gets. Any other ACL is removed.
  package var attributes: FileAttributes
  /// Whether only the bytes change, so that the new file keeps the attributes of the old one.
  package let isEdit: Bool

  package init(
    path: String, contents: [UInt8], mode: FileMode, account: Account, label: String? = nil,
    attributes: FileAttributes = FileAttributes(), isEdit: Bool = false
  ) {
    self.path = path
    self.contents = contents
    self.mode = mode
    self.account = account
    self.label = label
    self.attributes = attributes
    self.isEdit = isEdit
  }
}
