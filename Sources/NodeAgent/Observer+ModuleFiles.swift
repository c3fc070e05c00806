import Modprobe
import Reconcile

extension Observer {
  /// The largest module file that is read for its symbols.
  private static let largestModule = 8 << 20

  /// Adds the facts that only the files of the modules have, if the node's configuration makes them matter: the name of
  /// the init function for `initcall_blacklist=`, and the types of the parameters for options.
  func addFileFacts(to node: inout NodeState) {
    let deniesInitcalls = !node.kernel.commandLine.initcallBlacklist.isEmpty
    for (name, facts) in node.modules where facts.state == .absent {
      guard let file = facts.file else { continue }
      if deniesInitcalls, let bytes = try? access.files.read(file, limit: Self.largestModule),
        let object = ModuleObject(bytes)
      {
        node.modules[name]?.initFunction = object.initFunction.map(InitFunction.named) ?? .none
      }
      if node.configurations.contains(where: { $0.hasOptions(of: name) }) {
        let inspection = access.modules.inspect(file)
        node.modules[name]?.parameters = inspection.parameters
      }
    }
  }
}
