import Modprobe

/// The MachineConfigs that make modules usable on the nodes of a cluster, in the form of the OpenShift documentation.
package struct MachineConfigRendering: Sendable {
  /// The reason why a rendering is not possible.
  package struct Refusal: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  package static let defaultName = "load-sctp-module"
  package static let defaultRole = MachineConfigObject.workerRole
  package static let defaultVersion = "3.2.0"

  package let name: String
  package let roles: [String]
  /// The modules as given. The files have their names.
  package let modules: [String]
  private let version: IgnitionVersion

  /// Throws if Kubernetes refuses a name, the operator refuses the version, or modprobe refuses a module.
  package init(
    name: String = defaultName, roles: [String] = [defaultRole], modules: [String] = ["sctp"],
    version: String = defaultVersion
  ) throws(Refusal) {
    guard let known = IgnitionVersion(version), known.isForOperator, known.major == 3 || known.minor == 2 else {
      throw Refusal(
        description: "a MachineConfig of Ignition \(version) cannot be rendered; use 2.2.0, or 3.0.0 to 3.5.0")
    }
    guard KubernetesName.isSubdomain(name.utf8), name.utf8.count <= 200 else {
      throw Refusal(
        description: "'\(name)' is not a valid name of an object; use lower-case letters, digits, '-' and '.'")
    }
    for role in roles where !KubernetesName.isSubdomain(role.utf8) || role.utf8.count > 63 || role.contains(".") {
      throw Refusal(description: "'\(role)' is not a valid role; use lower-case letters, digits and '-'")
    }
    for module in modules where !Self.isModule(module) {
      throw Refusal(description: "'\(module)' is not a valid module name; use letters, digits, '-' and '_'")
    }
    guard Set(modules.map { ModuleName($0) }).count == modules.count, Set(roles).count == roles.count else {
      throw Refusal(description: "a role or a module is given twice")
    }
    self.name = name
    self.roles = roles
    self.modules = modules
    self.version = known
  }

  private static func isModule(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 55
      && text.utf8.allSatisfy {
        $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: "_")
      }
  }

  /// One MachineConfig for each role. If there are several, the role is the end of each name, because a cluster keeps only
  /// one object of a name.
  package var machineConfigs: [Manifest] {
    roles.map { machineConfig(named: roles.count == 1 ? name : "\(name)-\($0)", role: $0) }
  }

  func machineConfig(named name: String, role: String) -> Manifest {
    var fields = Self.head(named: name, role: role)
    fields.append(
      (
        "spec",
        .object([
          (
            "config",
            .object([
              ("ignition", .object([("version", .string(version.description))])),
              ("storage", .object([("files", .list(modules.flatMap(files)))])),
            ])
          )
        ])
      ))
    return .object(fields)
  }

  /// Returns a MachineConfig without its spec, which is also a patch that sets the role.
  static func head(named name: String, role: String) -> [(key: String, value: Manifest)] {
    [
      ("apiVersion", .string(MachineConfigSearch.apiGroup + "v1")),
      ("kind", .string("MachineConfig")),
      (
        "metadata",
        .object([
          ("labels", .object([("\(MachineConfigSearch.roleLabel)", .string(role))])),
          ("name", .string(name)),
        ])
      ),
    ]
  }

  /// Returns the path of the file in which RHEL blacklists a module.
  static func blacklistPath(_ module: String) -> String {
    "\(WritablePath.Directory.modprobe.rawValue)/\(module)-blacklist.conf"
  }

  static func loadPath(_ module: String) -> String {
    "\(WritablePath.Directory.modulesLoad.rawValue)/\(module)-load.conf"
  }

  /// Returns the empty blacklist file and the load file, as the documentation of each version writes them.
  private func files(of module: String) -> [Manifest] {
    let isSpec2 = version.major == 2
    func file(_ path: String, source: String, verification: Bool) -> Manifest {
      var contents: [(key: String, value: Manifest)] = [("source", .string(source))]
      if verification { contents.append(("verification", .object([]))) }
      return .object(
        [("contents", .object(contents))] + (isSpec2 ? [("filesystem", .string("root"))] : [])
          + [("mode", .int(0o644))] + (isSpec2 ? [] : [("overwrite", .bool(true))]) + [("path", .string(path))])
    }
    return [
      file(Self.blacklistPath(module), source: "data:,", verification: isSpec2),
      file(
        Self.loadPath(module), source: "data:text/plain;charset=utf-8," + module, verification: false),
    ]
  }
}

extension MachineConfigRendering {
  /// The policy by which OpenShift 4.17 and later apply the files without a drain or a reboot. It must be applied before
  /// the MachineConfigs: without it the operator reboots the nodes.
  package var nodeDisruptionPolicy: Manifest {
    let files = modules.flatMap { [Self.blacklistPath($0), Self.loadPath($0)] }.map { path in
      Manifest.object([
        ("actions", .list([.object([("type", .string("None"))])])),
        ("path", .string(path)),
      ])
    }
    return .object([
      ("apiVersion", .string("operator.openshift.io/v1")),
      ("kind", .string("MachineConfiguration")),
      ("metadata", .object([("name", .string("cluster"))])),
      ("spec", .object([("nodeDisruptionPolicy", .object([("files", .list(files))]))])),
    ])
  }
}
