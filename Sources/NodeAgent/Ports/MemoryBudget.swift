/// How much of a node the agent holds in memory. Every limit is derived from the memory limit of its pod.
package enum MemoryBudget {
  /// The pod's memory limit in bytes: `resources` in deploy/base/daemonset.yaml.
  package static let pod = 64 << 20
  /// The largest drop-in that is read.
  package static let dropIn = pod / 64
  /// All drop-ins of one search path together.
  package static let dropIns = pod / 16
  /// The lines of all drop-ins of one search path together: each may become a rule of a hundred bytes, held three times
  /// while a plan is made.
  package static let lines = 1 << 16
  /// All intents of one directory together.
  package static let intents = pod / 8
  /// The names of one directory, as the kernel returns them.
  package static let names = pod / 16
  /// The entries of one directory whose names are wanted.
  package static let entries = 1 << 15
  /// One of depmod's text indexes, of which one is held at a time; those of the largest distributions have 2 MiB.
  package static let index = pod / 16
  /// The indexes of all kernels beside the running one that are read in one look.
  package static let otherIndexes = pod / 4
  /// depmod's index of softdeps and that of weakdeps, which are kept; they have a few KiB.
  package static let softdepIndex = pod / 256
  /// File contents that are kept from pass to pass.
  package static let cache = pod / 8
  /// The modules that one module may depend on, directly or not, and its softdeps.
  package static let dependencies = 512
  /// The number of unreadable drop-ins of one search path that are named one by one.
  package static let failures = 16
  /// The number of kernels beside the running one that are checked.
  package static let kernels = 64
}

/// Which entries of a directory are read, and how much of them.
package struct ListingScope: Sendable {
  /// Whether an entry of this name is wanted. Nothing else is read of the others, not even their kind.
  package let isWanted: @Sendable (String) -> Bool
  /// The largest file that is read.
  package let fileLimit: Int
  /// How many bytes are read of all files together. The files beyond them have the failure TooLarge.
  package let bytes: Int

  package init(
    fileLimit: Int = MemoryBudget.dropIn, bytes: Int = MemoryBudget.dropIns,
    isWanted: @escaping @Sendable (String) -> Bool = { _ in true }
  ) {
    self.isWanted = isWanted
    self.fileLimit = fileLimit
    self.bytes = bytes
  }

  /// A scope with only the kind of each entry, without its bytes.
  package static let kinds = ListingScope(fileLimit: 0, bytes: 0)
}
