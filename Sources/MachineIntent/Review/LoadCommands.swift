import Modprobe

/// The commands of units and scripts that load modules. They are searched line by line, as far as `missing` goes.
struct LoadCommands {
  /// Longer files are not scripts that only load a module.
  private static let longestScript = 64 * 1024
  /// The settings by which a unit starts others.
  private static let dependencies: Set<String> = ["Wants", "Requires", "BindsTo", "Upholds"]

  /// The modules for which no command has been found.
  private var missing: Set<ModuleName>
  /// The words of `for NAME in …`, by name.
  private var loops: [Substring: [Substring]] = [:]

  /// Returns the first command of a systemd unit (systemd.service(5)) that loads each of the modules, or the unit that it
  /// starts for that, and the offset of its line.
  static func all(of modules: [ModuleName], inUnit unit: String) -> [(command: String, offset: Int)] {
    var search = Self(missing: Set(modules))
    var loads: [(command: String, offset: Int)] = []
    for (setting, offset) in settings(of: unit) where !search.missing.isEmpty {
      guard let equals = setting.firstIndex(of: "=") else { continue }
      let name = setting[..<equals].split(separator: " ").joined()
      let value = setting[setting.index(after: equals)...]
      let found =
        name.hasPrefix("Exec")
        ? search.commands(in: value) : dependencies.contains(name) ? search.instances(in: value) : []
      loads += found.map { ($0, offset) }
    }
    return loads
  }

  /// Returns the first command of a file that loads each of the modules: a script, a unit, or a rule of udev.
  static func all(of modules: [ModuleName], in file: IgnitionFile) -> [String] {
    guard !modules.isEmpty, let bytes = file.decoded(upTo: longestScript),
      bytes[...].contains("sctp"),
      bytes[...].contains("modprobe") || bytes[...].contains("insmod") || bytes[...].contains("kmod")
    else { return [] }
    var search = Self(missing: Set(modules))
    return settings(of: String(decoding: bytes, as: UTF8.self)).flatMap { line, _ -> [String] in
      let name = line.prefix { $0 != "=" }
      if dependencies.contains(String(name)) { return search.instances(in: line.dropFirst(name.count + 1)) }
      return search.commands(in: name.hasPrefix("Exec") ? line.dropFirst(name.count + 1) : line[...])
    }
  }

  /// Whether systemd's template `modprobe@.service` loads the module by this name.
  static func isInstance(_ unit: some StringProtocol, loading module: ModuleName) -> Bool {
    let (template, suffix) = ("modprobe@", ".service")
    guard unit.hasPrefix(template), unit.hasSuffix(suffix) else { return false }
    return ModuleName(String(unit.dropFirst(template.count).dropLast(suffix.count))) == module
  }

  /// Returns the lines without comments, each with those that a backslash joins to it, and with its offset.
  private static func settings(of text: String) -> [(text: String, offset: Int)] {
    var settings: [(text: String, offset: Int)] = []
    var isContinued = false
    for line in text.split(whereSeparator: \.isNewline) {
      let content = line.drop { $0 == " " || $0 == "\t" }
      if content.hasPrefix("#") || content.hasPrefix(";") { continue }
      let continues = content.hasSuffix("\\")
      let part = continues ? content.dropLast() : content
      if isContinued, let last = settings.indices.last {
        settings[last].text += " " + part
      } else {
        settings.append((String(part), text.utf8.distance(from: text.startIndex, to: content.startIndex)))
      }
      isContinued = continues
    }
    return settings
  }

  private mutating func instances(in units: Substring) -> [String] {
    units.split(separator: " ").compactMap { unit in
      guard let module = missing.first(where: { Self.isInstance(unit, loading: $0) }) else { return nil }
      missing.remove(module)
      return String(unit)
    }
  }

  /// Returns `modprobe sctp` and the like, and removes their modules from `missing`.
  private mutating func commands(in line: Substring) -> [String] {
    let words = line.split { " \t\"'".contains($0) }.prefix { !$0.hasPrefix("#") }.joined(separator: " ")
    return words.split { ";&|()".contains($0) }.flatMap { command($0.split(separator: " ")) }
  }

  private mutating func command(_ words: [Substring]) -> [String] {
    if let loop = words.firstIndex(of: "for"), loop + 2 < words.count, words[loop + 2] == "in" {
      loops[words[loop + 1]] = Array(words[(loop + 3)...])
    }
    guard let program = words.firstIndex(where: Self.isLoader) else { return [] }
    let name = words[program].split(separator: "/").last ?? ""
    var arguments = words[(program + 1)...]
    if name.hasSuffix("kmod") {
      guard let action = arguments.popFirst(), action == "load" || action == "insert" else { return [] }
    }
    guard !arguments.contains(where: Self.keepsFromLoading) else { return [] }
    return arguments.filter { !$0.hasPrefix("-") }.flatMap { argument in
      argument.hasPrefix("$") ? loops[argument.drop { "${".contains($0) }.prefix { $0 != "}" }] ?? [] : [argument]
    }.compactMap { argument in
      let file = argument.split(separator: "/").last ?? argument
      guard missing.remove(ModuleName(String(file.split(separator: ".").first ?? file))) != nil else { return nil }
      return "\(name) \(argument)"
    }
  }

  private static func isLoader(_ word: Substring) -> Bool {
    let name = word.drop { "-@:+!".contains($0) }.split(separator: "/").last
    return name == "modprobe" || name == "insmod" || name == "kmod"
  }

  /// Whether modprobe(8) loads nothing with this option.
  private static func keepsFromLoading(_ option: Substring) -> Bool {
    if option.hasPrefix("--") {
      return ["--remove", "--dry-run", "--show", "--show-depends", "--resolve-alias"].contains(option)
    }
    return option.hasPrefix("-") && option.dropFirst().prefix { !"CdS".contains($0) }.contains { "rncDR".contains($0) }
  }
}
