/// What Ignition accepts in a config, and the machine-config operator or its daemon refuses.
enum OperatorRules {
  /// Sections that the daemon cannot change on a node, so that a pool that gets one of them becomes Degraded.
  static func report(_ config: ConfigNode, _ version: IgnitionVersion, _ findings: inout Findings) {
    let storage = config[folding: "storage"]
    for (name, node) in [
      ("storage.links", storage?[folding: "links"]), ("storage.directories", storage?[folding: "directories"]),
      ("networkd.units", config[folding: "networkd"]?[folding: "units"]),
      ("passwd.groups", config[folding: "passwd"]?[folding: "groups"]),
    ] {
      guard let node, !node.elements.isEmpty else { continue }
      unreconcilable(name, at: node.location, &findings)
    }
    for (name, node) in [
      ("storage.disks", storage?[folding: "disks"]), ("storage.raid", storage?[folding: "raid"]),
      ("storage.filesystems", storage?[folding: "filesystems"]), ("storage.luks", storage?[folding: "luks"]),
    ] {
      guard let node, !node.elements.isEmpty else { continue }
      findings.warning(
        .unreconcilable, at: node.location,
        "\(name) takes effect only on nodes that are installed with it: the machine-config daemon refuses to change it on a "
          + "node that runs, and leaves the pool Degraded")
    }
    if version >= .firstWithKernelArguments, let arguments = config[folding: "kernelArguments"] {
      let lists = [arguments[folding: "shouldExist"], arguments[folding: "shouldNotExist"]]
      if lists.contains(where: { !($0?.elements.isEmpty ?? true) }) {
        findings.refused(
          .unreconcilable, at: arguments.location,
          "Ignition's kernelArguments: Ignition accepts them, but the machine-config daemon refuses them and leaves the pool "
            + "Degraded; use kernelArguments of the MachineConfig's spec")
      }
    }
    reportUsers(config[folding: "passwd"]?[folding: "users"]?.elements ?? [], &findings)
  }

  private static func unreconcilable(_ name: String, at place: SourceLocation, _ findings: inout Findings) {
    findings.refused(
      .unreconcilable, at: place,
      "\(name): Ignition accepts it, but the machine-config daemon refuses it and leaves the pool Degraded; use files, or a "
        + "unit that makes what is needed")
  }

  /// The daemon manages the SSH keys and the password of the user core, and nothing else of any user.
  private static func reportUsers(_ users: [ConfigNode], _ findings: inout Findings) {
    for user in users where user.isMapping {
      guard let name = user[folding: "name"], name.text == "core" else {
        let name = user[folding: "name"]
        findings.refused(
          .unreconcilable, at: name?.location ?? user.location,
          "the user '\((name?.text ?? "").prefix(100))': Ignition accepts it, but the machine-config daemon manages only the "
            + "user 'core' and leaves the pool Degraded")
        continue
      }
      for (key, value) in user.pairs where !value.isNull {
        let allowed: [StaticString] = ["name", "sshAuthorizedKeys", "passwordHash"]
        guard !allowed.contains(where: { key.equals($0, foldingCase: true) }) else { continue }
        findings.refused(
          .unreconcilable, at: key.location,
          "the field '\(key.text.prefix(100))' of the user 'core': the machine-config daemon manages only sshAuthorizedKeys "
            + "and passwordHash, refuses anything else and leaves the pool Degraded")
      }
    }
  }

  /// Files where the daemon cannot write.
  static func report(_ file: IgnitionFile, _ findings: inout Findings) {
    guard file.path.hasPrefix("/usr/"), !file.path.hasPrefix("/usr/local/") else { return }
    findings.refused(
      .readOnlyPath, at: file.at,
      "'\(file.path)' is below /usr, which is read-only on RHCOS: the machine-config daemon fails to write it and leaves the "
        + "pool Degraded; use a path below /etc, /var or /usr/local")
  }
}
