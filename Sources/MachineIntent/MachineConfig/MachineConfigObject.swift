/// One MachineConfig, or an Ignition config by itself, which is treated as one without a role.
struct MachineConfigObject {
  static let workerRole = "worker"
  /// The roles of pools that get nothing from the MachineConfigs of the role worker.
  static let standaloneRoles: Set<String> = ["master", "arbiter"]

  /// `metadata.name`, or the name of the source for an Ignition config by itself.
  var name: String
  /// The value of the role label, or nil without one.
  var role: String?
  var isBareIgnition = false
  /// Whether the object has no spec, like a patch of Kustomize.
  var isPatch = false
  var at: SourceLocation
  /// The Ignition config; nil if the MachineConfig has none.
  var config: IgnitionConfig?
  var kernelArguments: [(text: String, at: SourceLocation)] = []

  /// Whether `left` is merged before `right`, in the order of the machine-config operator: the role worker before every
  /// other role, and within each by name in byte order.
  static func precedes(_ left: Self, _ right: Self) -> Bool {
    let leftIsWorker = left.role == workerRole
    guard leftIsWorker == (right.role == workerRole) else { return leftIsWorker }
    return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}
