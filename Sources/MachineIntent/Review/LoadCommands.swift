import Modprobe

/// The commands of units and scripts that load modules.
enum LoadCommands {
  /// Longer files are not scripts that only load a module.
  private static let longestScript = 64 * 1024

  /// Returns the first command of a systemd unit (systemd.service(5)) that loads each of the modules, and the offset of its
  /// line.
  static func all(of modules: [ModuleName], inUnit unit: String) -> [(command: String, offset: Int)] {
    var missing = Set(modules)
    var loads: [(command: String, offset: Int)] = []
    for line in unit.split(whereSeparator: \.isNewline) where !missing.isEmpty {
      let setting = line.drop { $0 == " " || $0 == "\t" }
      guard setting.hasPrefix("Exec"), let equals = setting.firstIndex(of: "=") else { continue }
      for command in commands(loading: &missing, in: setting[setting.index(after: equals)...]) {
        loads.append((command, unit.utf8.distance(from: unit.startIndex, to: setting.startIndex)))
      }
    }
    return loads
  }

  /// Returns the first command of a file that loads each of the modules: a script, or a unit.
  static func all(of modules: [ModuleName], in file: IgnitionFile) -> [String] {
    guard !modules.isEmpty, file.contents.size <= longestScript, file.contents.compression == nil,
      case .data(let url)? = file.contents.source, let bytes = try? url.decoded(),
      bytes[...].contains("sctp"), bytes[...].contains("modprobe") || bytes[...].contains("insmod")
    else { return [] }
    var missing = Set(modules)
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).flatMap { line -> [String] in
      let text = line.drop { $0 == " " || $0 == "\t" }
      guard !text.hasPrefix("#") else { return [] }
      let command = text.hasPrefix("Exec") ? text.drop { $0 != "=" }.dropFirst() : text
      return commands(loading: &missing, in: command)
    }
  }

  /// Returns `modprobe sctp` and the like, and removes their modules from `modules`.
  private static func commands(loading modules: inout Set<ModuleName>, in line: Substring) -> [String] {
    let words = line.split { " \t\"';&|()".contains($0) }.prefix { !$0.hasPrefix("#") }
    guard let program = words.firstIndex(where: isLoader) else { return [] }
    let arguments = words[words.index(after: program)...]
    guard !arguments.contains("-r"), !arguments.contains("--remove") else { return [] }
    return arguments.filter { !$0.hasPrefix("-") }.compactMap { argument in
      let file = argument.split(separator: "/").last ?? argument
      guard modules.remove(ModuleName(String(file.split(separator: ".").first ?? file))) != nil else { return nil }
      return "\(words[program].split(separator: "/").last ?? "") \(argument)"
    }
  }

  private static func isLoader(_ word: Substring) -> Bool {
    let name = word.drop { "-@:+!".contains($0) }.split(separator: "/").last
    return name == "modprobe" || name == "insmod"
  }
}
