/// The drop-in files that are read. A file is not read if a directory of higher precedence has a file of the same name.
///
/// A file that cannot be read still hides others and counts as empty. So does a dangling link, for kmod until 33 and for
/// systemd until 261. A directory hides others for systemd only.
package struct EffectiveDropIns: Hashable, Sendable {
  /// The files in reading order, which is the byte order of their base names over all directories.
  package let applied: [DropIn]

  /// The drop-ins of modprobe.d.
  ///
  /// - Parameters:
  ///   - perDirectory: the files of each directory in any order, with the directory of the highest precedence first.
  ///   - kmod: the version that reads them.
  ///   - isUsrMerged: whether `/lib` leads to `/usr/lib`.
  package static func modprobe(
    _ perDirectory: [[DropIn]], kmod: KmodVersion = .newest, isUsrMerged: Bool = true
  ) -> Self {
    let read = perDirectory.filter { dropIns in
      dropIns.first.map { kmod.reads($0.directory, isUsrMerged: isUsrMerged) } ?? false
    }
    return Self(read) { dropIn, name in
      isModprobeName(name, kmod: kmod) && (kmod.danglingLinksHide || !dropIn.isDangling)
    }
  }

  /// The drop-ins of modules-load.d.
  ///
  /// - Parameters:
  ///   - perDirectory: the files of each directory in any order, with the directory of the highest precedence first.
  ///   - systemd: the version that reads them.
  package static func modulesLoad(_ perDirectory: [[DropIn]], systemd: SystemdVersion = .newest) -> Self {
    Self(perDirectory) { dropIn, name in
      isModulesLoadName(name) && (systemd.danglingLinksHide || !dropIn.isDangling)
    }
  }

  /// The drop-ins of sysctl.d, which follow the same rules as those of modules-load.d.
  package static func sysctl(_ perDirectory: [[DropIn]]) -> Self { modulesLoad(perDirectory) }

  /// Whether kmod reads a file of this name: no leading dot, at least six bytes, and `.conf` at the end, or `.alias`
  /// until kmod 32.
  package static func isModprobeName(_ name: String, kmod: KmodVersion = .newest) -> Bool {
    name.utf8.first != UInt8(ascii: ".") && name.utf8.count >= 6
      && (name.utf8.ends(with: ".conf".utf8) || kmod.readsAliasFiles && name.utf8.ends(with: ".alias".utf8))
  }

  /// Whether systemd-modules-load reads a file of this name: `.conf` at the end and no leading dot.
  package static func isModulesLoadName(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: ".") && name.utf8.ends(with: ".conf".utf8)
  }

  private init(_ perDirectory: [[DropIn]], isCandidate: (DropIn, String) -> Bool) {
    var candidates: [(name: String, dropIn: DropIn)] = []
    for dropIn in perDirectory.joined() {
      let name = dropIn.name
      if isCandidate(dropIn, name) { candidates.append((name, dropIn)) }
    }
    // A directory is usually sorted already, which makes the sort fast. The sort is stable.
    candidates.sort { $0.name.utf8.precedes($1.name.utf8) }
    var applied: [DropIn] = []
    applied.reserveCapacity(candidates.count)
    var last: String?
    for (name, dropIn) in candidates {
      // In a sorted list, a name that does not follow the last one is equal to it. `==` would not compare bytes.
      if let last, !last.utf8.precedes(name.utf8) { continue }
      applied.append(dropIn)
      last = name
    }
    self.applied = applied
  }
}
