extension MachineConfigRendering {
  /// Lets OpenShift 4.17 and later apply the files without draining and rebooting: the agent does the rest.
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
