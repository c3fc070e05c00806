import Modprobe

/// The MachineConfigs that make modules usable on the nodes of a cluster, in the form in which OpenShift documents them.
package struct MachineConfigRendering: Sendable {
  /// Why a rendering is not possible.
  package struct Refusal: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  package static let defaultName = "load-sctp-module"
  package static let defaultRole = MachineConfigObject.workerRole
  package static let defaultVersion = "3.2.0"

  package let name: String
  package let roles: [String]
  /// As written: the files are named after them.
  package let modules: [String]
  private let version: IgnitionVersion

  /// Throws where Kubernetes would refuse the names, the operator the version, or modprobe the modules.
  package init(
    name: String = defaultName, roles: [String] = [defaultRole], modules: [String] = ["sctp"],
    version: String = defaultVersion
  ) throws(Refusal) {
    guard let known = IgnitionVersion(version), known.isForOperator, known.major == 3 || known.minor == 2 else {
      throw Refusal(
        description: "a MachineConfig of Ignition \(version) cannot be rendered; use 2.2.0, or 3.0.0 to 3.5.0")
    }
    guard Self.isName(name), name.utf8.count <= 200 else {
      throw Refusal(
        description: "'\(name)' cannot be the name of an object; use lower-case letters, digits, '-' and '.'")
    }
    for role in roles where !Self.isName(role) || role.utf8.count > 63 || role.contains(".") {
      throw Refusal(description: "'\(role)' cannot be a role; use lower-case letters, digits and '-'")
    }
    for module in modules where !Self.isModule(module) {
      throw Refusal(description: "'\(module)' cannot be a module; use letters, digits, '-' and '_'")
    }
    guard Set(modules.map { ModuleName($0) }).count == modules.count, Set(roles).count == roles.count else {
      throw Refusal(description: "a role or a module is given twice")
    }
    self.name = name
    self.roles = roles
    self.modules = modules
    self.version = known
  }

  /// RFC 1123, as Kubernetes names objects.
  private static func isName(_ text: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool { byte.isLowercaseLetter || byte.isDigit }
    return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
        part.utf8.first.map(isAlphanumeric) ?? false && part.utf8.last.map(isAlphanumeric) ?? false
      }
  }

  private static func isModule(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 55
      && text.utf8.allSatisfy {
        $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: "_")
      }
  }

  /// One for each role. A single one bears the name as it is; of several, each ends in its role, because a cluster keeps
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

  /// Everything of a MachineConfig but its spec, which is a patch that gives it its role.
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

  /// The file in which RHEL ships the blacklist line of a module.
  static func blacklistPath(_ module: String) -> String {
    "\(WritablePath.Directory.modprobe.rawValue)/\(module)-blacklist.conf"
  }

  static func loadPath(_ module: String) -> String {
    "\(WritablePath.Directory.modulesLoad.rawValue)/\(module)-load.conf"
  }

  /// The emptied blacklist and the load file, in the documented spelling of each version.
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
