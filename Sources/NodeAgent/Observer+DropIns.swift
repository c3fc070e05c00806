import Modprobe
import Reconcile

extension Observer {
  /// The drop-ins in the directories of one search path.
  struct SearchPathListing {
    var directories: [[DropIn]] = []
    /// The entries of the first directory, which is the one in /etc.
    var entries: [PathKey: FileEntry] = [:]
    var writable: [String: NodeState.Writability] = [:]
    var failures: [FileFailure] = []
  }

  /// - Parameters:
  ///   - searchPath: the directories, with the one in /etc first.
  ///   - changed: the only entries that may have changed since the last look; nil if any may have.
  ///   - files: the paths that have to be read whatever else their directories hold.
  ///   - hidesByName: whether an entry that is no file hides others.
  ///   - goesOn: whether to go on.
  mutating func dropIns(
    _ searchPath: [String], changed: Set<String>?, files: [String], hidesByName: Bool, while goesOn: () -> Bool
  ) -> SearchPathListing {
    let nodeFiles = access.files
    var found = SearchPathListing()
    var (bytes, lines) = (MemoryBudget.dropIns, MemoryBudget.lines)
    for (rank, directory) in searchPath.enumerated() {
      // If /lib is a link to /usr/lib, that directory has just been listed.
      if isUsrMerged, directory.hasPrefix("/lib/") { continue }
      var listing: DirectoryListing?
      var unlisted: FileFailure?
      do throws(FileFailure) {
        if let changed, remembered[directory]?.update(changed, from: nodeFiles) == true {
          listing = remembered[directory]?.listing
        } else {
          remembered[directory] = nil
          let scope = ListingScope(bytes: bytes, isWanted: DirectoryListing.isDropInName)
          listing = try nodeFiles.list(directory, scope, while: goesOn)
          remembered[directory] = RememberedDirectory(listing)
        }
      } catch {
        unlisted = error
        found.failures.append(error)
      }
      if rank == 0 {
        found.writable[directory] = Self.writability(of: directory, listing, unlisted)
        if let whole = listing {
          let entries = declared(files, in: directory, whole, while: goesOn)
          listing = whole.replacing(entries.map(\.path), with: entries)
        }
        found.entries.reserveCapacity(listing?.entries.count ?? 0)
        for entry in listing?.entries ?? [] { found.entries[PathKey(entry.path)] = entry }
      }
      found.failures += listing?.failures ?? []
      let dropIns = listing?.dropIns(hidesByName: hidesByName) ?? []
      found.directories.append(
        dropIns.map { dropIn in
          bytes -= dropIn.contents.count
          let count = dropIn.contents.count { $0 == UInt8(ascii: "\n") }
          guard count <= lines else {
            found.failures.append(.tooManyLines(dropIn.path))
            return DropIn(path: dropIn.path, contents: [])
          }
          lines -= count
          return dropIn
        })
      bytes = max(0, bytes)
    }
    let rest = found.failures.count - MemoryBudget.failures
    if rest > 0 {
      found.failures.removeLast(rest)
      found.failures.append(.more(rest, in: searchPath[0]))
    }
    return found
  }

  /// Reads the declared files of the directory for which the listing had no room.
  private func declared(
    _ files: [String], in directory: String, _ listing: DirectoryListing, while goesOn: () -> Bool
  ) -> [FileEntry] {
    guard listing.isIncomplete else { return [] }
    return files.filter { DropIn(path: $0, contents: []).directory == directory }.compactMap { path in
      goesOn() ? try? access.files.entry(path) : nil
    }
  }

  private static func writability(
    of directory: String, _ listing: DirectoryListing?, _ failure: FileFailure?
  ) -> NodeState.Writability {
    guard let listing else { return .no(failure ?? .noDirectory(directory, .write, directory)) }
    return listing.isSymlink ? .no(.linkedDirectory(directory, .write, directory)) : .yes
  }
}

extension FileFailure {
  fileprivate static func more(_ count: Int, in directory: String) -> FileFailure {
    FileFailure(
      .read, directory, errno: 0, reason: .tooLarge,
      message: "\(count) more \(count == 1 ? "drop-in" : "drop-ins") could not be read")
  }

  fileprivate static func tooManyLines(_ path: String) -> FileFailure {
    FileFailure(
      .read, path, errno: 0, reason: .tooLarge,
      message: "the drop-ins of modprobe.d or modules-load.d have more than \(MemoryBudget.lines) lines together; "
        + "remove some")
  }
}
