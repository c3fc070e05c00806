/// The effective configuration of kmod: files in reading order, the module tree's own softdeps among them, and the
/// kernel command line last.
package struct ModprobeConfiguration: Sendable {
  package let rules: [ModprobeRule]
  package let skipped: [SkippedLine]

  /// - Parameters:
  ///   - dropIns: the files of modprobe.d that take part.
  ///   - softdepIndex: the module tree's `modules.softdep`, if it has one; read among the files by its name.
  ///   - weakdepIndex: the module tree's `modules.weakdep`, likewise.
  ///   - commandLine: the running kernel's.
  package init(
    dropIns: EffectiveDropIns, softdepIndex: [UInt8]? = nil, weakdepIndex: [UInt8]? = nil,
    commandLine: KernelCommandLine
  ) {
    rules = dropIns.applied.flatMap { ModprobeFile(path: $0.path, contents: $0.contents).rules }
    skipped = []
  }

  /// Every blacklist line of the module, in reading order. Nothing takes a blacklist line back.
  package func blacklistRules(of module: ModuleName) -> [ModprobeRule] {
    rules.filter { $0.directive == .blacklist(module) }
  }

  /// The install lines whose pattern matches the module, in reading order: the first one is the one that counts.
  package func installRules(matching module: ModuleName) -> [ModprobeRule] { [] }

  /// The alias lines whose pattern matches a request such as `net-pf-2-proto-132` or `sctp`, in reading order.
  package func aliasRules(matching request: String) -> [ModprobeRule] { [] }

  /// What is loaded before and after the module: the first softdep line that matches counts.
  package func softdeps(of module: ModuleName) -> (pre: [ModuleName], post: [ModuleName]) { ([], []) }

  /// The parameters of the module, in reading order.
  package func options(of module: ModuleName) -> [ModprobeRule] { [] }

  /// Whether the module has softdeps; kmod then ignores its install command.
  package func hasSoftdep(_ module: ModuleName) -> Bool {
    let dependencies = softdeps(of: module)
    return !dependencies.pre.isEmpty || !dependencies.post.isEmpty
  }

  /// A line of `modprobe --showconfig` and where it comes from.
  package struct Entry: Hashable, Sendable {
    package let text: String
    package let location: RuleLocation
  }

  /// What `modprobe --showconfig` prints before it dumps the indexes, with the blank before `post:` that kmod 30
  /// forgets.
  package func showConfig() -> [UInt8] { [] }

  /// The lines of `showConfig()` with their places.
  package func showConfigEntries() -> [Entry] { [] }
}
