package import MachineIntent
package import Modprobe

/// Everything that the agent can do to a node. There are no other effects.
package enum Step: Hashable, Sendable {
  /// Puts a file in place by one atomic rename, after the ledger has what was there.
  case write(FileWrite, because: WriteReason)
  /// Loads a module through libkmod.
  case load(ModuleName)
  /// Takes away a file that the agent made: on `revert`, and Node Feature Discovery's when SCTP is not usable.
  case remove(path: String)
  /// `revert` only: puts back a symlink that the agent replaced.
  case link(path: String, target: String)
}

/// Why a file is written.
package enum WriteReason: Hashable, Sendable {
  /// The intent declares it, and it differs so.
  case declared(by: String, Drift)
  /// The machine-config daemon's configuration holds it, and it differs so.
  case managed(by: String, Drift)
  /// These rules of it keep a wanted module out; `from` is the vendor's file that the new one shadows, nil for an edit
  /// in place.
  case unblocks([ModuleName], lines: [Int], from: String?)
  /// `revert` restores what the ledger kept.
  case restores
  /// Tells Node Feature Discovery that SCTP is usable.
  case announces

  package var drift: Drift {
    switch self {
    case .declared(_, let drift), .managed(_, let drift): drift
    case .unblocks: .blocks
    case .restores, .announces: .contents
    }
  }
}

extension Step: CustomStringConvertible {
  /// One line for `plan` and the log.
  package var description: String {
    switch self {
    case .write(let file, because: let reason): "write \(file.path) (\(reason))"
    case .load(let module): "load \(module)"
    case .remove(let path): "remove \(path)"
    case .link(let path, let target): "link \(path) to \(target)"
    }
  }

  /// The path that it changes; nil for a load.
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

/// One file to put in place.
package struct FileWrite: Hashable, Sendable {
  package let path: String
  package let contents: [UInt8]
  package let mode: FileMode
  package let account: Account
  /// The SELinux label. nil: that of the regular file that is replaced, else the directory's.
  package let label: String?
  /// All that the file is to have; any other ACL is removed.
  package var attributes: FileAttributes
  /// Whether the file that is replaced stays what it is but for its bytes, so that its attributes are the new one's.
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
