package import MachineIntent
package import Modprobe

/// One directory entry as found, with its bytes.
package struct FileEntry: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case regular
    /// The target as the link spells it.
    case symlink(to: String)
    case directory
    case fifo
    case socket
    case device
  }

  /// The path below the node's root.
  package let path: String
  package let kind: Kind
  package let mode: FileMode
  package let account: Account
  package let linkCount: Int
  /// The bytes of a regular file, or of the regular file that a link leads to inside the root. Nil if there are none,
  /// or if they could not be read; `failure` then says why.
  package let contents: [UInt8]?
  package let failure: FileFailure?
  /// Whether others than the owner and the group may not read the bytes.
  package let isPrivate: Bool
  /// The SELinux label; nil if there is none, or if the entry comes from a listing, which does not read labels.
  package let label: String?
  /// Empty if there are none, or the entry comes from a listing, which does not read them.
  package let attributes: FileAttributes

  package init(
    path: String, kind: Kind, mode: FileMode, account: Account, linkCount: Int = 1, contents: [UInt8]?,
    failure: FileFailure? = nil, isPrivate: Bool = false, label: String? = nil,
    attributes: FileAttributes = FileAttributes()
  ) {
    self.path = path
    self.kind = kind
    self.mode = mode
    self.account = account
    self.linkCount = linkCount
    self.contents = contents
    self.failure = failure
    self.isPrivate = isPrivate || (kind == .regular && mode.rawValue & 0o004 == 0)
    self.label = label
    self.attributes = attributes
  }

  /// Whether kind, bytes, mode and owner are the same. The target of a symlink does not count.
  package func isSameFile(as other: FileEntry) -> Bool {
    if kind != other.kind || mode != other.mode || account != other.account { return false }
    return kind != .regular || contents == other.contents
  }

  package var name: String {
    String(path[(path.lastSlash.map(path.utf8.index(after:)) ?? path.startIndex)...])
  }

  /// Whether it is a link to `/dev/null`, which masks the files of its name in directories of lower precedence.
  package var isMask: Bool { kind == .symlink(to: "/dev/null") }

  /// Whether systemd takes it for a masked unit: a link to `/dev/null`, however it is written, or a file or a link to a
  /// file without a byte (systemd.unit(5)).
  package var isMaskedUnit: Bool {
    switch kind {
    case .regular: return contents?.isEmpty ?? false
    case .symlink(let target):
      let steps = target.split(separator: "/").drop { $0 == ".." || $0 == "." }
      return isMask || contents?.isEmpty ?? false || target.hasPrefix("..") && steps == ["dev", "null"]
    default: return false
    }
  }

  /// Whether it is a symlink that leads nowhere.
  package var isDangling: Bool {
    guard case .symlink(let target) = kind, contents == nil, failure == nil else { return false }
    return !target.hasPrefix("/dev/")
  }

  /// The entry as kmod and systemd read it.
  package var dropIn: DropIn { dropIn(isPrivate: isPrivate) }

  fileprivate func dropIn(isPrivate: Bool) -> DropIn {
    DropIn(path: path, contents: contents ?? [], isDangling: isDangling, isPrivate: isPrivate)
  }
}

/// A directory and its entries.
package struct DirectoryListing: Hashable, Sendable {
  package let path: String
  /// Whether the directory's own name is a symlink: the agent does not write through it.
  package let isSymlink: Bool
  package let entries: [FileEntry]
  /// Whether others than the owner and the group may not open what is in it.
  package let isPrivate: Bool
  /// The reason why entries are missing; nil if these are all.
  package let cut: FileFailure?

  package init(
    path: String, isSymlink: Bool, entries: [FileEntry], isPrivate: Bool = false, cut: FileFailure? = nil
  ) {
    self.path = path
    self.isSymlink = isSymlink
    self.entries = entries
    self.isPrivate = isPrivate
    self.cut = cut
  }

  /// Whether entries are missing, or were not read.
  package var isIncomplete: Bool { cut != nil || entries.contains { $0.failure != nil } }

  /// Returns the listing with these entries in place of those at the paths.
  package func replacing(_ paths: some Sequence<String>, with entries: [FileEntry]) -> DirectoryListing {
    let paths = Set(paths.map { PathKey($0) })
    guard !paths.isEmpty else { return self }
    return DirectoryListing(
      path: path, isSymlink: isSymlink, entries: self.entries.filter { !paths.contains(PathKey($0.path)) } + entries,
      isPrivate: isPrivate, cut: cut)
  }

  /// The entries that kmod or systemd would read, or that hide entries of other directories.
  ///
  /// - Parameter hidesByName: whether an entry that is no file hides the files of its name in lower directories: for
  ///   systemd it does, for kmod it does not.
  package func dropIns(hidesByName: Bool) -> [DropIn] {
    entries.compactMap { entry in
      guard Self.isDropInName(entry.path) else { return nil }
      switch entry.kind {
      case .regular, .symlink: return entry.dropIn(isPrivate: isPrivate || entry.isPrivate)
      case .directory, .fifo, .socket, .device: return hidesByName ? DropIn(path: entry.path, contents: []) : nil
      }
    }
  }

  /// The reason why entries that are named as drop-ins could not be read.
  package var failures: [FileFailure] {
    (cut.map { [$0] } ?? [])
      + entries.indices.compactMap { index in
        guard let failure = entries[index].failure, Self.isDropInName(entries[index].path) else { return nil }
        return failure
      }
  }

  /// Whether kmod or systemd takes a file of this name, or at this path, for a drop-in.
  package static func isDropInName(_ name: String) -> Bool {
    name.utf8.ends(with: ".conf".utf8) || name.utf8.ends(with: ".alias".utf8)
  }
}
