/// The files of a directory for Kustomize: a base and one overlay for each role.
package struct KustomizeTree: Sendable {
  /// The first line of every file. A file with this line may be overwritten.
  package static let marker = "# Written by sctp-agent render; changes here are lost when it writes again."

  package struct File: Hashable, Sendable {
    /// Relative to the directory.
    package let path: String
    package let contents: String
  }

  package let files: [File]

  /// Makes the files. The policy is beside the overlays, because the suffix of an overlay would rename it.
  package init(_ rendering: MachineConfigRendering, withPolicy: Bool) {
    var files: [(path: String, manifest: Manifest)] = []
    let base = rendering.machineConfig(
      named: rendering.name, role: rendering.roles.first ?? MachineConfigRendering.defaultRole)
    files.append(("base/kustomization.yaml", Self.kustomization(["machine-config.yaml"])))
    files.append(("base/machine-config.yaml", base))
    for role in rendering.roles {
      let patch: (key: String, value: Manifest) = (
        "patches", .list([.object([("path", .string("role.yaml"))])])
      )
      let suffix: [(key: String, value: Manifest)] =
        rendering.roles.count == 1 ? [] : [("nameSuffix", .string("-\(role)"))]
      files.append(
        ("overlays/\(role)/kustomization.yaml", Self.kustomization(["../../base"], [patch] + suffix)))
      files.append(
        ("overlays/\(role)/role.yaml", .object(MachineConfigRendering.head(named: rendering.name, role: role))))
    }
    if withPolicy {
      files.append(("policy/kustomization.yaml", Self.kustomization(["node-disruption-policy.yaml"])))
      files.append(("policy/node-disruption-policy.yaml", rendering.nodeDisruptionPolicy))
    }
    // The policy is applied before the MachineConfigs, whatever order Kustomize gives kinds by itself.
    let parts = (withPolicy ? ["policy"] : []) + rendering.roles.map { "overlays/\($0)" }
    files.append(
      (
        "kustomization.yaml",
        Self.kustomization(parts, withPolicy ? [("sortOptions", .object([("order", .string("fifo"))]))] : [])
      ))
    self.files = files.map { File(path: $0.path, contents: Self.marker + "\n" + $0.manifest.yaml) }
  }

  private static func kustomization(
    _ resources: [String], _ rest: [(key: String, value: Manifest)] = []
  ) -> Manifest {
    .object(
      [
        ("apiVersion", .string("kustomize.config.k8s.io/v1beta1")),
        ("kind", .string("Kustomization")),
        ("resources", .list(resources.map { .string($0) })),
      ] + rest)
  }
}
