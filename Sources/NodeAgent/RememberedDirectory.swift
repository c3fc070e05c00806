import Modprobe
import Reconcile

/// A directory of drop-ins as it was listed, kept in memory so that after an event only the entries that it names are
/// read.
struct RememberedDirectory {
  private static let (entryLimit, byteLimit) = (64, 64 * 1024)

  /// Nil if there was no directory.
  private(set) var listing: DirectoryListing?

  /// Returns nil if it is too large to be kept, or has entries that could not be read.
  init?(_ listing: DirectoryListing?) {
    let entries = listing?.entries ?? []
    guard listing?.isIncomplete != true, entries.count <= Self.entryLimit,
      entries.reduce(0, { $0 + ($1.contents?.count ?? 0) }) <= Self.byteLimit
    else { return nil }
    self.listing = listing
  }

  /// Reads those of the entries at `paths` again that are in the directory. Returns false if one of them cannot be read,
  /// or if the directory has become too large.
  mutating func update(_ paths: Set<String>, from files: any NodeFiles) -> Bool {
    guard let listing else { return true }
    let inside = paths.filter { DirectoryListing.isDropInName($0) && listing.isPlace(of: $0) }
    if inside.isEmpty { return true }
    var entries: [FileEntry] = []
    do throws(FileFailure) {
      for path in inside { if let entry = try files.entry(path) { entries.append(entry) } }
    } catch {
      return false
    }
    guard let updated = Self(listing.replacing(inside, with: entries)) else { return false }
    self = updated
    return true
  }
}

extension DirectoryListing {
  fileprivate func isPlace(of entry: String) -> Bool { entry.lastSlash.map { entry[..<$0] == path } ?? false }
}
