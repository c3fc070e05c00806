/// The command of an install line, judged without running it.
package struct InstallCommand: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// The effect on the module when modprobe runs the command instead of loading it.
  package enum Effect: Hashable, Sendable {
    /// Nothing loads the module: `/bin/false`, `/bin/true`, `:`, `exit 1`, a program that is not known to load it.
    case stops
    /// The command loads the module, or may load it, by its name: `modprobe --ignore-install M`, `$MODPROBE -i M`. An
    /// alias of the name leads it elsewhere. A command that obeys blacklists (`modprobe -b M`) loads the module only if no
    /// blacklist names it.
    case loads(obeyingBlacklists: Bool)
    /// The command loads the module's file, whatever the configuration says: `insmod …/M.ko`.
    case inserts
  }

  /// A longer command does not start: kmod passes it to the shell as one argument, and the kernel refuses an argument
  /// of this length (MAX_ARG_STRLEN of linux/binfmts.h).
  private static let longest = 131_072

  /// The effect on a module, and the status with which the command ends.
  package struct Outcome: Hashable, Sendable {
    package let effect: Effect
    /// Whether the command ends with status 0, as far as that can be known; nil if it cannot.
    ///
    /// Any other status is a failure for modprobe, even if the module is loaded. It then does not load the module that
    /// depends on it.
    package let succeeds: Bool?
  }

  /// Returns the effect on the module and the exit status of the command.
  ///
  /// Follows the shell's `;`, `&&`, `||`, groups and `exit` as far as their effect can be known. A command after `false
  /// &&` does not count, but one after `if` does.
  ///
  /// - Parameters:
  ///   - module: the module that is wanted.
  ///   - name: the name in the install line, if it is not the module but, for example, its alias. A plain `modprobe M`
  ///     then loads the module too.
  package func outcome(on module: ModuleName, inPlaceOf name: ModuleName? = nil) -> Outcome {
    guard text.utf8.count < Self.longest else { return Outcome(effect: .stops, succeeds: false) }
    let isItself = name == nil || name == module
    return ShellScript(text).outcome(on: module, pastItsInstallLine: isItself)
  }

  /// Returns only the effect; see `outcome(on:inPlaceOf:)`.
  package func effect(on module: ModuleName, inPlaceOf name: ModuleName? = nil) -> Effect {
    outcome(on: module, inPlaceOf: name).effect
  }
}

extension InstallCommand.Effect {
  /// Whether fewer rules of the configuration can stop it.
  fileprivate func isStronger(than other: Self) -> Bool {
    switch (self, other) {
    case (.inserts, .stops), (.inserts, .loads), (.loads, .stops): true
    case (.loads(let obeys), .loads(let othersObeys)): !obeys && othersObeys
    case (.stops, _), (_, .inserts): false
    }
  }
}

extension ShellScript {
  /// Follows every command. If several load the module, the one counts that the fewest rules can stop.
  fileprivate func outcome(on module: ModuleName, pastItsInstallLine: Bool) -> InstallCommand.Outcome {
    var effect = InstallCommand.Effect.stops
    var script = self
    let succeeds = script.run { command in
      let found = command.outcome(on: module, pastItsInstallLine: pastItsInstallLine)
      if found.effect.isStronger(than: effect) { effect = found.effect }
      return found.succeeds
    }
    return InstallCommand.Outcome(effect: effect, succeeds: succeeds)
  }
}

extension ShellScript.Command {
  /// Whether this command loads the module. With `pastItsInstallLine`, it must do so even if the module has an install
  /// line.
  fileprivate func outcome(on module: ModuleName, pastItsInstallLine: Bool) -> InstallCommand.Outcome {
    let stops = InstallCommand.Outcome(effect: .stops, succeeds: nil)
    guard let program = words.first else { return stops }
    let arguments = words.dropFirst()
    switch program.split(separator: "/").last {
    case "modprobe", "$MODPROBE", "${MODPROBE}":
      let effect = Self.modprobe(arguments, module, pastItsInstallLine: pastItsInstallLine)
      // A modprobe that obeys a blacklist ends with status 0 too.
      return effect == .stops ? stops : InstallCommand.Outcome(effect: effect, succeeds: true)
    case "insmod":
      let file = arguments.first { !$0.hasPrefix("-") }?.split(separator: "/").last
      guard let file, ModuleName(file.prefix { $0 != "." }) == module else { return stops }
      return InstallCommand.Outcome(effect: .inserts, succeeds: true)
    case "sh", "bash", "dash":
      guard let flag = arguments.firstIndex(of: "-c"), flag + 1 < arguments.endIndex else { return stops }
      return ShellScript(arguments[flag + 1]).outcome(on: module, pastItsInstallLine: pastItsInstallLine)
    default:
      return stops
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
        // The word after a flag that has a value is the value.
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
