/// A document from which another program makes MachineConfigs, so that it is not one yet.
enum UnrenderedSource {
  case butane(variant: String)
  case kustomization
  /// A generator of policies, which Kustomize runs as a plugin.
  case policyGenerator(kind: String)

  /// Returns nil for any other object.
  init?(_ node: ConfigNode) {
    let apiVersion = node["apiVersion"]?.text ?? ""
    guard let kind = node["kind"]?.text else {
      if let variant = node["variant"], variant.isScalar, node["version"] != nil {
        self = .butane(variant: String(variant.text.prefix(40)))
      } else if apiVersion.hasPrefix(Self.kustomizeGroup) || apiVersion.isEmpty && Self.isKustomization(node) {
        self = .kustomization
      } else {
        return nil
      }
      return
    }
    switch kind {
    case _ where apiVersion.hasPrefix(Self.kustomizeGroup): self = .kustomization
    case "Kustomization" where apiVersion.isEmpty: self = .kustomization
    case "PolicyGenerator", "PolicyGenTemplate": self = .policyGenerator(kind: kind)
    default: return nil
    }
  }

  private static let kustomizeGroup = "kustomize.config.k8s.io/"

  /// Whether a document without apiVersion and kind has fields that only a kustomization has. Kustomize does not need the
  /// two.
  private static func isKustomization(_ node: ConfigNode) -> Bool {
    let file = node.tree.origin.source.split(separator: "/").last ?? ""
    let hasName = ["kustomization.yaml", "kustomization.yml", "Kustomization"].contains { file == $0 }
    let fields: [StaticString] = [
      "patchesStrategicMerge", "patchesJson6902", "configMapGenerator", "secretGenerator", "namePrefix", "nameSuffix",
      "commonLabels", "commonAnnotations", "replacements", "generators", "transformers",
    ]
    if fields.contains(where: { node[$0] != nil }) { return true }
    let lists: [StaticString] = ["resources", "bases", "components"]
    return lists.contains { node[$0]?.elements.first?.value == .string } || hasName && !node.pairs.isEmpty
  }

  func report(at place: SourceLocation, _ findings: inout Findings) {
    switch self {
    case .butane(let variant):
      findings.warning(
        .butane, at: place,
        "this is a Butane config of the variant '\(variant)'; run 'butane' first and use its output")
    case .kustomization:
      findings.warning(
        .kustomization, at: place,
        "this is a kustomization, and its patches are not applied here; run 'kubectl kustomize' first and use its output"
      )
    case .policyGenerator(let kind):
      findings.warning(
        .kustomization, at: place,
        "this is a \(kind), from which Kustomize generates policies; run 'kubectl kustomize' with its plugin first and use "
          + "the output")
    }
  }
}
