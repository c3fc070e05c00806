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
  package func effect(on module: ModuleName) -> Effect {
    var script = ShellScript(text)
    script.run { $0.loads(module) }
    return script.didFind ? .loads : .stops
  }

  /// Whether modprobe then reports success, though the module is not there; nil where that cannot be known.
  package var reportsSuccess: Bool? {
    var script = ShellScript(text)
    script.run { _ in false }
    return script.status
  }
}

extension ShellScript.Command {
  /// Whether this loads the module itself, past its install line.
  fileprivate func loads(_ module: ModuleName) -> Bool {
    guard let program = words.first else { return false }
    let arguments = words.dropFirst()
    switch program.split(separator: "/").last {
    case "modprobe", "$MODPROBE", "${MODPROBE}":
      return Self.modprobeLoads(arguments, module)
    case "insmod":
      guard let file = arguments.first(where: { !$0.hasPrefix("-") })?.split(separator: "/").last else { return false }
      return ModuleName(file.prefix { $0 != "." }) == module
    case "sh", "bash", "dash":
      guard let flag = arguments.firstIndex(of: "-c"), flag + 1 < arguments.endIndex else { return false }
      return InstallCommand(arguments[flag + 1]).effect(on: module) == .loads
    default:
      return false
    }
  }

  private static func modprobeLoads(_ arguments: ArraySlice<String>, _ module: ModuleName) -> Bool {
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
    return ignoresInstall && named.contains { ModuleName($0) == module }
  }
}
