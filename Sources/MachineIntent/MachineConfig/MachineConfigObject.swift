/// One MachineConfig, or a bare Ignition config that is treated as one without a role.
struct MachineConfigObject {
  static let workerRole = "worker"
  /// Of the pools that take nothing from the workers.
  static let standaloneRoles: Set<String> = ["master", "arbiter"]

  /// `metadata.name`; of a bare Ignition config, the source's name.
  var name: String
  /// The role label's value; nil without one.
  var role: String?
  var isBareIgnition = false
  /// Whether there is no spec: a patch, such as Kustomize's, rather than an object.
  var isPatch = false
  var at: SourceLocation
  /// nil where the MachineConfig carries none.
  var config: IgnitionConfig?
  var kernelArguments: [(text: String, at: SourceLocation)] = []

  /// The machine-config operator's order: worker before every other pool, each by name in byte order.
  static func precedes(_ left: Self, _ right: Self) -> Bool {
    let leftIsWorker = left.role == workerRole
    guard leftIsWorker == (right.role == workerRole) else { return leftIsWorker }
    return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}
