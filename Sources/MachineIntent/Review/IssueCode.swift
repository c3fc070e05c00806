/// The codes of findings, such as `mode-not-octal`: lower case with dashes. They are stable, so that scripts may match on
/// them.
package enum IssueCode: String, Hashable, Sendable, CaseIterable {
  // The source.

  /// A file that cannot be read.
  case unreadable
  /// A text that is neither YAML nor JSON.
  case syntax
  /// A text from which a template engine or a script has yet to make manifests.
  case template
  /// A config of Butane, which has yet to make an Ignition config or a MachineConfig of it.
  case butane
  /// A kustomization or another input of Kustomize, which has yet to build it.
  case kustomization
  /// A source, an object or contents that are larger than a limit or than the memory.
  case tooLarge = "too-large"
  /// Mappings and lists that are nested too deep.
  case tooDeep = "too-deep"
  /// More values, files or findings than an honest intent has.
  case tooMany = "too-many"
  /// Aliases that expand to far more values than the text has, or without end.
  case aliasBomb = "alias-bomb"
  /// A gzip or base64 source that cannot be unpacked.
  case unpack
  /// A document that is not an object, or a field of the wrong type.
  case type
  /// A key that is in one mapping twice.
  case duplicateKey = "duplicate-key"
  /// A key that Ignition ignores or the API server drops.
  case unknownKey = "unknown-key"
  /// A source without a MachineConfig and without an Ignition config.
  case noMachineConfig = "no-machineconfig"

  // The MachineConfig.

  /// A MachineConfig without an API version, or of an unknown one.
  case apiVersion = "api-version"
  /// A MachineConfig without a name.
  case noName = "no-name"
  /// A name or a label value that the API server refuses, or a name of a unit that Ignition refuses.
  case invalidName = "invalid-name"
  /// Two MachineConfigs with one name, of which a cluster keeps the last, or two units, which Ignition refuses.
  case duplicateName = "duplicate-name"
  /// A MachineConfig without a role label, so that no pool selects it.
  case noRole = "no-role"
  /// No MachineConfig has the role that was asked for.
  case noSuchRole = "no-such-role"
  /// `spec.config` is a string that holds the config.
  case configIsString = "config-is-string"
  /// A kernel argument that keeps a wanted module out.
  case blockedByKernelArguments = "blocked-by-kernel-arguments"
  /// A module option whose value the kernel refuses, so that the module cannot be loaded.
  case invalidOption = "invalid-option"
  /// A unit or a kernel argument that loads sctp in place of a load file.
  case loadElsewhere = "load-elsewhere"
  /// The unit that loads modules at boot is masked.
  case loadServiceMasked = "load-service-masked"
  /// A file of the role worker that loses although the name of its MachineConfig sorts last.
  case workerBeforePool = "worker-before-pool"

  // The Ignition config.

  /// `ignition.version` is missing, malformed or unknown.
  case ignitionVersion = "ignition-version"
  /// A version that Ignition reads and the machine-config operator refuses.
  case operatorVersion = "operator-version"
  /// The config refers to other configs, which the agent does not fetch.
  case configReference = "config-reference"
  /// A section that the machine-config daemon refuses to change on a node.
  case unreconcilable
  /// A path that is missing, not absolute or not simplified.
  case path
  /// A path that is read-only on RHCOS.
  case readOnlyPath = "read-only-path"
  /// The same path twice in one config.
  case duplicatePath = "duplicate-path"
  /// A file whose path leads through a link of the same config.
  case throughLink = "through-link"
  /// `filesystem` is missing or unknown (spec 2).
  case filesystem
  /// `overwrite` contradicts the other fields, or makes Ignition or the operator fail.
  case overwrite
  /// A decimal mode such as 644 that is probably meant as octal 0644.
  case modeNotOctal = "mode-not-octal"
  /// A mode that is out of range, or that the machine-config operator refuses.
  case mode
  /// Special bits of a mode that this version of Ignition ignores.
  case modeSpecialBits = "mode-special-bits"
  /// A user or a group with an ID and a name, or with an invalid ID.
  case owner
  /// A compression other than `gzip`.
  case compression
  /// A source that is not a URL which Ignition reads.
  case source
  /// A source without a text, which Ignition accepts and the machine-config daemon does not.
  case emptySource = "empty-source"
  /// A source that must be fetched: neither the operator nor the agent does that.
  case sourceNotData = "source-not-data"
  /// A character that a data URL must encode, or another error in a data URL.
  case dataURLCharacter = "data-url-character"
  /// A line break or a tab in a data URL: the decoder ignores it, and Ignition refuses it.
  case dataURLLineBreak = "data-url-line-break"
  /// A hash that is malformed, or of a function that this version does not have.
  case hash
  /// Contents that do not match their hash.
  case hashMismatch = "hash-mismatch"
  /// Contents that do not match a hash which another MachineConfig sets.
  case hashInherited = "hash-inherited"
  /// `append`, which fails on nodes that the machine-config daemon manages.
  case append

  // The contents of the files.

  /// A file of the intent that the agent does not write.
  case ignored
  /// Windows line endings in a source, or in a file of modprobe.d, where the carriage return belongs to the last word.
  case crlf
  /// A byte order mark, which belongs to the first word.
  case byteOrderMark = "byte-order-mark"
  /// Control characters, or bytes that are not UTF-8.
  case nonPrinting = "non-printing"
  /// A line of modprobe.d that kmod ignores.
  case directive
  /// A line of modules-load.d that systemd reads as one name.
  case loadFileWords = "load-file-words"
  /// A rule of the intent that blocks a module which the intent wants loaded.
  case blocked
  /// An intent that keeps sctp out.
  case keptOut = "kept-out"
  /// A load file without the file that empties the stock blacklist.
  case stillBlacklisted = "still-blacklisted"
  /// An explicit intent that differs from the files of the machine-config daemon.
  case managedDiffers = "differs-from-managed"

  /// The codes of sources from which another program has yet to make MachineConfigs.
  static let unrendered: Set<IssueCode> = [.template, .butane, .kustomization]
}
