/// Which drop-in files take part, and which do not because a directory of higher precedence has the same name.
///
/// A file that cannot be read still hides others and counts as empty. So does a dangling link, for systemd and for
/// kmod up to 30; later ones pass over it. A directory hides others for systemd only.
package struct EffectiveDropIns: Hashable, Sendable {
  /// A file that another one of the same name hides.
  package struct Shadowed: Hashable, Sendable {
    package let dropIn: DropIn
    /// The path of the file that hides it.
    package let by: String
  }

  /// The files that are read, in reading order: by byte order of their base names over all directories.
  package let applied: [DropIn]
  /// Hidden by a file that is read.
  package let shadowed: [Shadowed]
  /// Hidden by a mask, which is a link to `/dev/null` or, for modules-load.d, an empty file.
  package let masked: [Shadowed]

  /// The drop-ins of modprobe.d.
  ///
  /// - Parameter perDirectory: what each directory holds, highest precedence first, in any order within.
  /// - Returns: who is read and who is not; files that kmod would not look at are in no list.
  package static func modprobe(_ perDirectory: [[DropIn]]) -> Self {
    Self(perDirectory, isCandidate: isModprobeName, isMask: { $0.isMask })
  }

  /// The drop-ins of modules-load.d.
  ///
  /// - Parameter perDirectory: what each directory holds, highest precedence first, in any order within.
  /// - Returns: who is read and who is not; files that systemd would not look at are in no list.
  package static func modulesLoad(_ perDirectory: [[DropIn]]) -> Self {
    Self(perDirectory, isCandidate: isModulesLoadName, isMask: { $0.isMask || $0.contents.isEmpty })
  }

  /// The drop-ins of sysctl.d, which follow the same rules as those of modules-load.d.
  package static func sysctl(_ perDirectory: [[DropIn]]) -> Self { modulesLoad(perDirectory) }

  /// Whether kmod reads a file of this name: no leading dot, at least six bytes, and `.conf` at the end, or `.alias`,
  /// which kmod stopped reading in version 33.
  package static func isModprobeName(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: ".") && name.utf8.count >= 6
      && (name.hasSuffix(".conf") || name.hasSuffix(".alias"))
  }

  /// Whether systemd-modules-load reads a file of this name: `.conf` at the end and no leading dot.
  package static func isModulesLoadName(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: ".") && name.hasSuffix(".conf")
  }

  private init(
    _ perDirectory: [[DropIn]], isCandidate: (String) -> Bool, isMask: (DropIn) -> Bool
  ) {
    var candidates: [(name: String, dropIn: DropIn)] = []
    for dropIn in perDirectory.joined() {
      let name = dropIn.name
      if isCandidate(name) { candidates.append((name, dropIn)) }
    }
    // A directory comes sorted as a rule, and the sort has next to nothing to do then. It keeps the order of equals.
    candidates.sort { $0.name.utf8.precedes($1.name.utf8) }
    var applied: [DropIn] = []
    var shadowed: [Shadowed] = []
    var masked: [Shadowed] = []
    applied.reserveCapacity(candidates.count)
    var last: String?
    for (name, dropIn) in candidates {
      // Sorted: a name that does not follow the last one is the same. `==` would hold two spellings of a letter for one.
      if let winner = applied.last, let last, !last.utf8.precedes(name.utf8) {
        let hidden = Shadowed(dropIn: dropIn, by: winner.path)
        if isMask(winner) { masked.append(hidden) } else { shadowed.append(hidden) }
      } else {
        applied.append(dropIn)
        last = name
      }
    }
    self.applied = applied
    self.shadowed = shadowed
    self.masked = masked
  }
}

extension String.UTF8View {
  /// The order of bytes, as `strcmp` has it.
  fileprivate func precedes(_ other: Self) -> Bool {
    withContiguousStorageIfAvailable { left in
      other.withContiguousStorageIfAvailable { right in
        for index in 0..<Swift.min(left.count, right.count) where left[index] != right[index] {
          return left[index] < right[index]
        }
        return left.count < right.count
      }
    }.flatMap(\.self) ?? lexicographicallyPrecedes(other)
  }
}
