/// How much of a node the agent holds in memory. Every bound is derived from the one of its pod.
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
  /// One of depmod's text indexes; those of the largest distributions have 2 MiB.
  package static let index = pod / 8
  /// File contents that are kept from pass to pass.
  package static let cache = pod / 8
  /// The modules that one module may depend on, directly or not, and its softdeps.
  package static let dependencies = 512
  /// The drop-ins of one search path of which each is named if it could not be read.
  package static let failures = 16
  /// The kernels beside the running one that are looked at.
  package static let kernels = 64
}

/// Which entries of a directory are read, and how much of them.
package struct ListingScope: Sendable {
  /// Whether an entry of this name is wanted. Of the others nothing is read, not even what they are.
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

  /// What each entry is, without its bytes.
  package static let kinds = ListingScope(fileLimit: 0, bytes: 0)
}
