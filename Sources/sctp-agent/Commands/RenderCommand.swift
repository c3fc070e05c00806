import ArgumentParser
import MachineIntent

/// Prints the MachineConfig that OpenShift documents, for other roles, names, modules and versions too.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Print the MachineConfig that enables SCTP in a cluster.",
    discussion: """
      With several roles, one MachineConfig each, named NAME-ROLE. --ignition-version 2.2.0 gives the object as the \
      documentation of OpenShift has it. Exit status: 0, or 1 where a file could not be written.
      """)

  @Option(name: .long, help: "The pool's role; repeatable. (default: worker)")
  var role: [String] = []

  @Option(name: .long, help: "metadata.name.")
  var name = MachineConfigRendering.defaultName

  @Option(name: .long, help: "A module to load; repeatable. (default: sctp)")
  var module: [String] = []

  @Option(name: .long, help: "2.2.0, or 3.0.0 to 3.5.0.")
  var ignitionVersion = MachineConfigRendering.defaultVersion

  @Option(
    name: .long, help: "Write a base with one overlay per role to this directory instead of printing.",
    completion: .directory)
  var kustomize: String?

  @Flag(
    name: .long,
    help: "Print first the policy that lets OpenShift 4.17 apply it without a reboot; for oc apply --server-side.")
  var nodeDisruptionPolicy = false

  @OptionGroup var output: OutputOption

  func validate() throws {
    do {
      _ = try rendering()
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    let rendering = try rendering()
    if let kustomize {
      let tree = KustomizeTree(rendering, withPolicy: nodeDisruptionPolicy)
      do throws(SourceFile.Failure) {
        try KustomizeDirectory(path: kustomize).write(tree)
      } catch {
        StandardStreams.printError("error: \(error.reason)")
        throw ExitCode(1)
      }
      return
    }
    // The policy comes first, because `oc apply` applies the objects of a pipe in order.
    let objects = (nodeDisruptionPolicy ? [rendering.nodeDisruptionPolicy] : []) + rendering.machineConfigs
    StandardStreams.print(text: output.isJSON ? Self.json(objects) : objects.map(\.yaml).joined(separator: "---\n"))
  }

  private func rendering() throws(MachineConfigRendering.Refusal) -> MachineConfigRendering {
    try MachineConfigRendering(
      name: name, roles: role.isEmpty ? [MachineConfigRendering.defaultRole] : role,
      modules: module.isEmpty ? ["sctp"] : module, version: ignitionVersion)
  }

  /// One object, or a List of several objects.
  private static func json(_ objects: [Manifest]) -> String {
    guard objects.count != 1 else { return objects[0].json }
    return Manifest.object([
      ("apiVersion", .string("v1")), ("items", .list(objects)), ("kind", .string("List")),
    ]).json
  }
}
