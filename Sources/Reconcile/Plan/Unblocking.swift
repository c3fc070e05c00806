import MachineIntent
import Modprobe

/// The edits to files of others that unblock the wanted modules, as far as the policy allows.
///
/// A line is only ever commented out. In `/etc/modprobe.d` that happens in the file itself; a file of a lower directory
/// stays as it is and gets an edited copy of the same name in `/etc/modprobe.d`, which shadows it (modprobe.d(5)).
struct Unblocking {
  private(set) var steps: [Step] = []
  private(set) var verdicts: [TrackedFile] = []

  /// Unblocks nothing.
  init() {}

  /// - Parameters:
  ///   - modules: the wanted modules.
  ///   - node: the node before the repairs.
  ///   - repairs: the writes of declared files that come first.
  ///   - policy: which lines may be commented out.
  ///   - declared: the files that are not edited.
  init(
    modules: [ModuleName], node: NodeState, after repairs: [FileWrite], policy: UnblockPolicy, declared: [DesiredFile]
  ) {
    // An install line can count only after a repair, or only before it. A blacklist line depends on no other line.
    let node = policy == .all ? node.applying(repairs) : node
    let declared = Set(declared.map { PathKey($0.path) })
    let blocked = Self.blockedFiles(modules: modules, node: node, policy: policy).filter { !declared.contains($0.key) }
    guard !blocked.isEmpty else { return }
    var sources: [PathKey: DropIn] = [:]
    for dropIn in node.modprobeDropIns.joined() {
      let file = PathKey(dropIn.path)
      if blocked[file] != nil, sources[file] == nil { sources[file] = dropIn }
    }
    for (file, found) in blocked.sorted(by: { $0.key < $1.key }) {
      guard let dropIn = sources[file] else { continue }
      edit(dropIn, modules: found.modules, lines: found.lines, node: node, declared: declared)
    }
  }

  /// The lines that a file has against modules.
  private typealias BlockingLines = (modules: [ModuleName], lines: Set<Int>)

  private static func blockedFiles(
    modules: [ModuleName], node: NodeState, policy: UnblockPolicy
  ) -> [PathKey: BlockingLines] {
    var blocked: [PathKey: BlockingLines] = [:]
    for module in modules {
      // Dependencies are wanted with the module.
      for name in node.closure(of: module) {
        for rule in rules(against: name, of: module, node: node, policy: policy) where rule.location.line > 0 {
          let file = PathKey(rule.location.file)
          var found = blocked[file] ?? ([], [])
          if !found.modules.contains(name) { found.modules.append(name) }
          found.lines.insert(rule.location.line)
          blocked[file] = found
        }
      }
    }
    return blocked
  }

  private static func rules(
    against module: ModuleName, of wanted: ModuleName, node: NodeState, policy: UnblockPolicy
  ) -> [ModprobeRule] {
    // Nothing blocks what is part of the kernel.
    guard node.modules[module]?.state != .builtin else { return [] }
    let configuration = node.configuration
    let blacklists = configuration.blacklistRules(of: module)
    guard policy == .all else { return blacklists }
    let requests = [module.rawValue] + (node.modules[module]?.aliases ?? [])
    let aliases = requests.map(configuration.aliasRules(matching:))
    let commands = zip(requests, aliases).compactMap { request, aliases in
      aliases.isEmpty ? configuration.commandRule(named: request, keepingFrom: module) : nil
    }
    return blacklists + node.installRules(stopping: module, isDependency: module != wanted)
      + commands.filter { $0.kind == .install }
      + aliases.joined().filter { $0.aliasTarget == ModuleName("off") }
  }

  private mutating func edit(
    _ dropIn: DropIn, modules: [ModuleName], lines: Set<Int>, node: NodeState, declared: Set<PathKey>
  ) {
    let local = DropInSearchPath.modprobe[0]
    let path = "\(local)/\(dropIn.name)"
    // The agent does not edit what the intent or the machine-config daemon declares; the rule stays a blocker. A vendor's
    // file of that name is hidden as soon as the declared file is there.
    guard !declared.contains(PathKey(path)), WritablePath.refusal(of: path) == nil else { return }
    let edited = DropInEdit.commentingOut(lines: lines, of: dropIn.contents)
    let inPlace = dropIn.directory == local
    let existing = inPlace ? node.entries[PathKey(path)] : nil
    let isRegular = existing?.kind == .regular
    // Nobody may read in a copy what only root may read.
    let copyMode = FileMode(dropIn.isPrivate ? 0o600 : 0o644)
    let write = FileWrite(
      path: path, contents: edited, mode: isRegular ? existing?.mode ?? copyMode : copyMode,
      account: isRegular ? existing?.account ?? .root : .root, isEdit: isRegular)
    if case .no(let failure)? = node.writable[local] {
      verdicts.append(
        TrackedFile(
          path: path, owner: .override, contents: existing?.contents, mode: existing?.mode, drift: .blocks,
          failure: failure))
      return
    }
    steps.append(
      .write(write, because: .unblocks(modules, lines: lines.sorted(), from: inPlace ? nil : dropIn.path)))
    verdicts.append(
      TrackedFile(path: path, owner: .override, contents: write.contents, mode: write.mode, drift: .blocks))
  }
}

/// What may be changed besides the files that the intent declares, for modules that the intent wants loaded.
package enum UnblockPolicy: String, Hashable, Sendable, CaseIterable, Codable {
  /// Nothing.
  case declared
  /// `blacklist` lines.
  case blacklist
  /// The rules of `blacklist`, and `install` lines that stop the module or a request for it, and `alias … off`.
  case all
}
