/// The command of an install line, judged without running it.
package struct InstallCommand: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// What becomes of the module when modprobe runs the command in its place.
  package enum Effect: Hashable, Sendable {
    /// Nothing loads the module: `/bin/false`, `/bin/true`, `:`, `exit 1`, a program that is not known to load it.
    case stops
    /// It loads the module itself, or may: `modprobe --ignore-install M`, `$MODPROBE -i M`, `insmod …/M.ko`.
    /// Told to obey blacklists (`modprobe -b M`), only if none names the module.
    case loads(obeyingBlacklists: Bool)
  }

  /// A longer command does not start: kmod gives it to the shell as one argument, and the kernel takes none of this length
  /// (MAX_ARG_STRLEN of linux/binfmts.h).
  private static let longest = 131_072

  /// Follows the shell's `;`, `&&`, `||`, groups and `exit` as far as they can be known beforehand: a command behind
  /// `false &&` does not count, one behind `if` does.
  ///
  /// - Parameters:
  ///   - module: the module that is wanted.
  ///   - name: what the install line names, if it is not the module itself but, say, its alias; a plain `modprobe M`
  ///     then loads the module too.
  /// - Returns: whether the module gets loaded.
  package func effect(on module: ModuleName, inPlaceOf name: ModuleName? = nil) -> Effect {
    guard text.utf8.count < Self.longest else { return .stops }
    let isItself = name == nil || name == module
    return ShellScript(text).effect(on: module, pastItsInstallLine: isItself)
  }
}

extension ShellScript {
  /// What its commands come to; of several that load the module, one that obeys no blacklist counts.
  fileprivate func effect(on module: ModuleName, pastItsInstallLine: Bool) -> InstallCommand.Effect {
    var effect = InstallCommand.Effect.stops
    var script = self
    script.run { command in
      let found = command.effect(on: module, pastItsInstallLine: pastItsInstallLine)
      guard found != .stops else { return nil }
      if effect != .loads(obeyingBlacklists: false) { effect = found }
      // A modprobe that obeys a blacklist ends well too.
      return true
    }
    return effect
  }
}

extension ShellScript.Command {
  /// Whether this loads the module, even past its own install line where that is asked for.
  fileprivate func effect(on module: ModuleName, pastItsInstallLine: Bool) -> InstallCommand.Effect {
    guard let program = words.first else { return .stops }
    let arguments = words.dropFirst()
    switch program.split(separator: "/").last {
    case "modprobe", "$MODPROBE", "${MODPROBE}":
      return Self.modprobe(arguments, module, pastItsInstallLine: pastItsInstallLine)
    case "insmod":
      let file = arguments.first { !$0.hasPrefix("-") }?.split(separator: "/").last
      guard let file, ModuleName(file.prefix { $0 != "." }) == module else { return .stops }
      return .loads(obeyingBlacklists: false)
    case "sh", "bash", "dash":
      guard let flag = arguments.firstIndex(of: "-c"), flag + 1 < arguments.endIndex else { return .stops }
      return ShellScript(arguments[flag + 1]).effect(on: module, pastItsInstallLine: pastItsInstallLine)
    default:
      return .stops
    }
  }

  private static func modprobe(
    _ arguments: ArraySlice<String>, _ module: ModuleName, pastItsInstallLine: Bool
  ) -> InstallCommand.Effect {
    var ignoresInstall = false
    var obeysBlacklists = false
    var loadsAll = false
    var operands: [String] = []
    var isValue = false
    for argument in arguments {
      if isValue {
        isValue = false
      } else if argument.hasPrefix("--") {
        switch argument {
        case "--ignore-install": ignoresInstall = true
        case "--use-blacklist": obeysBlacklists = true
        case "--all": loadsAll = true
        case "--config", "--dirname", "--set-version": isValue = true
        case "--remove", "--dry-run", "--show", "--showconfig", "--show-depends", "--resolve-alias": return .stops
        default: break
        }
      } else if argument.hasPrefix("-") {
        // What stands behind a flag that takes a value is the value.
        let flags = argument.dropFirst().prefix { !"CdS".contains($0) }
        if flags.contains(where: { "rncDR".contains($0) }) { return .stops }
        ignoresInstall = ignoresInstall || flags.contains("i")
        obeysBlacklists = obeysBlacklists || flags.contains("b")
        loadsAll = loadsAll || flags.contains("a")
        isValue = flags.count == argument.count - 2
      } else {
        operands.append(argument)
      }
    }
    let named = loadsAll ? operands[...] : operands.prefix(1)
    guard ignoresInstall || !pastItsInstallLine, named.contains(where: { ModuleName($0) == module }) else {
      return .stops
    }
    return .loads(obeyingBlacklists: obeysBlacklists)
  }
}
