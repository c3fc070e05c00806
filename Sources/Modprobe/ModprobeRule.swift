/// One line of the configuration that has a meaning.
///
/// It refers to the bytes of its file and makes strings only on demand, because a node has thousands of rules and only a few
/// of them matter.
package struct ModprobeRule: Sendable {
  /// The place of the rule: the first line, if backslashes continue it.
  package let location: RuleLocation
  package let kind: ModprobeDirective.Kind

  /// The bytes of the file, or of the joined line if backslashes continue it.
  let source: [UInt8]
  let line: Range<Int>
  /// The name or pattern after the command.
  let name: Range<Int>
  /// What follows the name and the blank after it; empty if the command takes nothing more.
  let rest: Range<Int>
  /// Whether kmod folds `-` in the name; it does not for blacklists on the kernel command line.
  let foldsName: Bool

  /// The meaning of the line. Bytes that are not UTF-8 are replaced.
  package var directive: ModprobeDirective {
    switch kind {
    case .alias: .alias(pattern: pattern, target: ModuleName(bytes: source[rest]))
    case .blacklist: .blacklist(ModuleName(bytes: source[name]))
    case .install: .install(pattern: pattern, command: restText)
    case .options: .options(module: ModuleName(bytes: source[name]), parameters: restText)
    case .remove: .remove(pattern: pattern, command: restText)
    case .softdep: .softdep(pattern: pattern, pre: softdep.pre.map(moduleName), post: softdep.post.map(moduleName))
    case .weakdep: .weakdep(pattern: pattern, modules: softdep.plain.map(moduleName))
    }
  }

  /// The line as written, without its newline, and joined if backslashes continue it. Bytes that are not UTF-8 are
  /// replaced.
  package var text: String { String(decoding: source[line], as: UTF8.self) }

  /// Whether it is an install line whose command does not load the module.
  ///
  /// - Parameters:
  ///   - module: the module that the rule is about.
  ///   - isDependency: whether another module needs this one; a command that loads it and then fails keeps that
  ///     one out.
  func stops(_ module: ModuleName, isDependency: Bool) -> Bool {
    guard case .install(_, let command) = directive else { return false }
    let outcome = InstallCommand(command).outcome(on: module)
    return outcome.effect == .stops || isDependency && outcome.succeeds == false
  }

  /// The target of an alias line, or nil for other lines.
  package var aliasTarget: ModuleName? {
    if case .alias(_, let target) = directive { return target }
    return nil
  }

  init(
    location: RuleLocation, kind: ModprobeDirective.Kind, source: [UInt8], line: Range<Int>, name: Range<Int>,
    rest: Range<Int>, foldsName: Bool
  ) {
    self.location = location
    self.kind = kind
    self.source = source
    self.line = line
    self.name = name
    self.rest = rest
    self.foldsName = foldsName
  }

  private var pattern: String { ModuleName(bytes: source[name]).rawValue }
  private var restText: String { String(decoding: source[rest], as: UTF8.self) }
  private func moduleName(_ range: Range<Int>) -> ModuleName { ModuleName(bytes: source[range]) }
}

extension ModprobeRule: Hashable {
  package static func == (left: Self, right: Self) -> Bool {
    left.location == right.location && left.kind == right.kind && left.foldsName == right.foldsName
      && left.source[left.line] == right.source[right.line]
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(location)
    hasher.combine(kind)
    hasher.combine(source[line])
  }
}
