/// Every code that a finding can carry: lower case with dashes, such as `mode-not-octal`. They are stable: scripts may
/// match on them.
package enum IssueCode: String, Hashable, Sendable, CaseIterable {
  // The source.

  /// A file that cannot be read at all.
  case unreadable
  /// Neither YAML nor JSON.
  case syntax
  /// A source over the limit, more inflated bytes, or more than there is memory for.
  case tooLarge = "too-large"
  /// Mappings and lists nested too deep.
  case tooDeep = "too-deep"
  /// More values, files or findings than an honest intent has.
  case tooMany = "too-many"
  /// Aliases that expand to far more than is written, or without end.
  case aliasBomb = "alias-bomb"
  /// A gzip or base64 source that cannot be unpacked.
  case unpack
  /// A document that is no object, or a field of the wrong type.
  case type
  /// A key that stands twice in one mapping: the last one counts.
  case duplicateKey = "duplicate-key"
  /// A key that Ignition does not know and skips.
  case unknownKey = "unknown-key"
  /// A source in which nothing is a MachineConfig or an Ignition config.
  case noMachineConfig = "no-machineconfig"

  // The MachineConfig.

  /// A MachineConfig of another API version.
  case apiVersion = "api-version"
  /// A MachineConfig without a name.
  case noName = "no-name"
  /// Two MachineConfigs of one name: a cluster keeps the last.
  case duplicateName = "duplicate-name"
  /// A MachineConfig without a role label, which no pool selects.
  case noRole = "no-role"
  /// No MachineConfig has the role that was asked for.
  case noSuchRole = "no-such-role"
  /// `spec.config` is a string that holds the config.
  case configIsString = "config-is-string"
  /// Kernel arguments that keep a wanted module out.
  case blockedByKernelArguments = "blocked-by-kernel-arguments"
  /// A file whose worker version loses although its name sorts last.
  case workerBeforePool = "worker-before-pool"

  // The Ignition config.

  /// `ignition.version` is missing, malformed or not known.
  case ignitionVersion = "ignition-version"
  /// A version that Ignition reads and the machine-config operator does not.
  case operatorVersion = "operator-version"
  /// The config names other configs, which the agent does not fetch.
  case configReference = "config-reference"
  /// A path that is missing, not absolute or not simplified.
  case path
  /// The same path twice in one config.
  case duplicatePath = "duplicate-path"
  /// A file whose path leads through a link of the same config.
  case throughLink = "through-link"
  /// `filesystem` is missing or not known (spec 2).
  case filesystem
  /// `overwrite` contradicts the rest, or makes Ignition fail where the file exists.
  case overwrite
  /// Decimal 644 where octal 0644 is meant.
  case modeNotOctal = "mode-not-octal"
  /// A mode that is no mode, or that the machine-config operator refuses.
  case mode
  /// Special bits that this spec version drops.
  case modeSpecialBits = "mode-special-bits"
  /// A user or group by id and by name at once.
  case owner
  /// A compression that is not `gzip`.
  case compression
  /// A source whose URL cannot be read.
  case source
  /// A source that must be fetched: neither the operator nor the agent does that.
  case sourceNotData = "source-not-data"
  /// A space, `#` or other character that a plain data URL must encode.
  case dataURLCharacter = "data-url-character"
  /// A line break or a tab in a data URL, which the decoder passes over and Ignition's URL check refuses.
  case dataURLLineBreak = "data-url-line-break"
  /// A hash that is malformed or of a function that this version lacks.
  case hash
  /// Contents that do not give their hash.
  case hashMismatch = "hash-mismatch"
  /// A hash inherited from another MachineConfig over new contents.
  case hashInherited = "hash-inherited"
  /// `append`, which fails on nodes that the machine-config daemon manages.
  case append

  // What the files say.

  /// A file of the intent that the agent does not write.
  case ignored
  /// Windows line endings, in a source or in a file of modprobe.d, where the carriage return belongs to the last word.
  case crlf
  /// A byte order mark, which becomes part of the first word.
  case byteOrderMark = "byte-order-mark"
  /// Control characters or bytes that are not UTF-8.
  case nonPrinting = "non-printing"
  /// A line of modprobe.d that kmod skips.
  case directive
  /// A line of modules-load.d that systemd takes as one name.
  case loadFileWords = "load-file-words"
  /// A module that the intent wants loaded, and a rule of the intent that stops it.
  case blocked
  /// An intent that keeps sctp out.
  case keptOut = "kept-out"
  /// A load file without the file that clears the stock blacklist.
  case stillBlacklisted = "still-blacklisted"
  /// An explicit intent that differs from what the machine-config daemon manages.
  case managedDiffers = "differs-from-managed"
}
