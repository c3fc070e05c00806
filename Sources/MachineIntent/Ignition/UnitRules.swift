/// What Ignition refuses in `systemd.units`, so that the machine-config operator does not render the pool.
enum UnitRules {
  private static let unitTypes: Set<String> = [
    "service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "snapshot", "slice",
    "scope",
  ]

  static func report(_ config: ConfigNode, _ version: IgnitionVersion, _ findings: inout Findings) {
    let units = config[folding: "systemd"]?[folding: "units"]?.elements ?? []
    for unit in units where unit.isMapping {
      if let name = unit[folding: "name"], name.isScalar, !unitTypes.contains(Self.ending(of: name.text)) {
        findings.refused(
          .invalidName, at: name.location,
          "Ignition refuses the unit name '\(name.text.prefix(100))'; end it with the unit's type, such as '.service'")
      }
      let dropIns = unit[folding: "dropins"]?.elements ?? []
      for dropIn in dropIns {
        guard let name = dropIn[folding: "name"], name.isScalar, Self.ending(of: name.text) != "conf" else { continue }
        findings.refused(
          .invalidName, at: name.location,
          "Ignition refuses the drop-in name '\(name.text.prefix(100))'; end it with '.conf'")
      }
      refuseDuplicates(dropIns, "drop-in", version, &findings)
    }
    refuseDuplicates(units, "unit", version, &findings)
  }

  private static func refuseDuplicates(
    _ entries: [ConfigNode], _ type: String, _ version: IgnitionVersion, _ findings: inout Findings
  ) {
    guard version.major == 3 else { return }
    var seen: Set<String> = []
    for entry in entries {
      guard let name = entry[folding: "name"], name.isScalar, !seen.insert(name.text).inserted else { continue }
      findings.refused(
        .duplicateName, at: name.location,
        "the \(type) '\(name.text.prefix(100))' is in this config twice; spec 3 allows each name once")
    }
  }

  private static func ending(of name: String) -> String {
    name.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(name[name.index(after: $0)...]) } ?? ""
  }
}
