package import Modprobe

/// The state that a node should have: the validated result of all intents. Only `IntentReader` makes one.
package struct DesiredState: Hashable, Sendable {
  /// A file of an intent that the agent must not write, and the reason.
  package struct IgnoredFile: Hashable, Sendable {
    package let path: String
    package let reason: String

    package init(path: String, reason: String) {
      self.path = path
      self.reason = reason
    }
  }

  /// The paths that were read, `-`, or `builtin`, and then the machine-config daemon's file if there is one.
  package let sources: [String]
  /// `sha256:` and the digest of what decides about the node: the files with bytes and modes, and the modules.
  package let digest: String
  /// The names of the MachineConfigs in the order of the merge.
  package let machineConfigs: [String]
  /// Sorted by path.
  package let files: [DesiredFile]
  private let positions: [PathKey: Int]
  /// The modules that load files name: first those of the intent, then those of the machine-config daemon, each in
  /// systemd's order.
  package let wanted: [ModuleName]
  /// The modules that a rule of the intent blocks and no load file names.
  package let keptOut: [ModuleName]
  package let ignored: [IgnoredFile]
  /// Warnings. There are no errors, because an error refuses the intent as a whole.
  package let issues: [ConfigIssue]
  /// The kernel arguments that the machine-config daemon keeps in place; nil without the daemon's file.
  package var managedArguments: ManagedArguments?

  package struct ManagedArguments: Hashable, Sendable {
    /// The name of the rendered MachineConfig.
    package let name: String
    package let arguments: [String]

    package init(name: String, arguments: [String]) {
      self.name = name
      self.arguments = arguments
    }

    /// Whether a word of the kernel command line is among them; one entry may hold several words.
    package func hold(_ word: String) -> Bool {
      arguments.contains { $0 == word || $0.split(separator: " ").contains(Substring(word)) }
    }
  }

  package init(
    sources: [String], digest: String, machineConfigs: [String], files: [DesiredFile], wanted: [ModuleName],
    keptOut: [ModuleName], ignored: [IgnoredFile], issues: [ConfigIssue]
  ) {
    self.sources = sources
    self.digest = digest
    self.machineConfigs = machineConfigs
    self.files = files
    self.wanted = wanted
    self.keptOut = keptOut
    self.ignored = ignored
    self.issues = issues
    positions = Dictionary(
      files.enumerated().map { (PathKey($0.element.path), $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// Returns the declared file at this path, or nil if there is none.
  package func file(at path: PathKey) -> DesiredFile? { positions[path].map { files[$0] } }
}
