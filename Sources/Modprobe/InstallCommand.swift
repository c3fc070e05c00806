/// The command of an install line, judged without running it.
package struct InstallCommand: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// What becomes of the module when modprobe runs the command in its place.
  package enum Effect: Hashable, Sendable {
    /// Nothing loads the module: `/bin/false`, `/bin/true`, `:`, `exit 1`, a program that is not known to load it.
    case stops
    /// It loads the module itself, or may: `modprobe --ignore-install M`, `$MODPROBE -i M`, `insmod …/M.ko`.
    case loads
  }

  /// Follows the shell's `;`, `&&`, `||`, groups and `exit` as far as they can be known beforehand: a command behind
  /// `false &&` does not count, one behind `if` does.
  ///
  /// - Parameters:
  ///   - module: the module that is wanted.
  ///   - name: what the install line names, if it is not the module itself but, say, its alias; a plain `modprobe M`
  ///     then loads the module too.
  /// - Returns: whether the module gets loaded.
  package func effect(on module: ModuleName, inPlaceOf name: ModuleName? = nil) -> Effect {
    let isItself = name == nil || name == module
    var script = ShellScript(text)
    script.run { $0.loads(module, pastItsInstallLine: isItself) }
    return script.didFind ? .loads : .stops
  }

  /// Whether a modprobe in it is told to obey blacklists: `modprobe -b M`.
  package var obeysBlacklists: Bool {
    text.split(separator: " ").contains {
      $0 == "--use-blacklist" || ($0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("b"))
    }
  }
}

extension ShellScript.Command {
  /// Whether this loads the module, even past its own install line where that is asked for.
  fileprivate func loads(_ module: ModuleName, pastItsInstallLine: Bool) -> Bool {
    guard let program = words.first else { return false }
    let arguments = words.dropFirst()
    switch program.split(separator: "/").last {
    case "modprobe", "$MODPROBE", "${MODPROBE}":
      return Self.modprobeLoads(arguments, module, pastItsInstallLine: pastItsInstallLine)
    case "insmod":
      guard let file = arguments.first(where: { !$0.hasPrefix("-") })?.split(separator: "/").last else { return false }
      return ModuleName(file.prefix { $0 != "." }) == module
    case "sh", "bash", "dash":
      guard let flag = arguments.firstIndex(of: "-c"), flag + 1 < arguments.endIndex else { return false }
      var script = ShellScript(arguments[flag + 1])
      script.run { $0.loads(module, pastItsInstallLine: pastItsInstallLine) }
      return script.didFind
    default:
      return false
    }
  }

  private static func modprobeLoads(
    _ arguments: ArraySlice<String>, _ module: ModuleName, pastItsInstallLine: Bool
  ) -> Bool {
    var ignoresInstall = false
    var loadsAll = false
    var operands: [String] = []
    var isValue = false
    for argument in arguments {
      if isValue {
        isValue = false
      } else if argument.hasPrefix("--") {
        switch argument {
        case "--ignore-install": ignoresInstall = true
        case "--all": loadsAll = true
        case "--config", "--dirname", "--set-version": isValue = true
        case "--remove", "--dry-run", "--show", "--showconfig", "--show-depends", "--resolve-alias": return false
        default: break
        }
      } else if argument.hasPrefix("-") {
        let flags = argument.dropFirst()
        if flags.contains(where: { "rncDR".contains($0) }) { return false }
        ignoresInstall = ignoresInstall || flags.contains("i")
        loadsAll = loadsAll || flags.contains("a")
        isValue = flags.last.map { "CdS".contains($0) } ?? false
      } else {
        operands.append(argument)
      }
    }
    let named = loadsAll ? operands[...] : operands.prefix(1)
    return (ignoresInstall || !pastItsInstallLine) && named.contains { ModuleName($0) == module }
  }
}
