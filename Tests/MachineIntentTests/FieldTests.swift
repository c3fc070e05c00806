import Modprobe
import NodeTesting
import Testing

@testable import MachineIntent

/// Files that people in the field write, with what `lint` must say of them.
@Suite struct FieldTests {
  private struct Expectation: Decodable {
    /// The exit status of `lint`.
    var exit: Int?
    /// Patterns of which each must match a line.
    var says: [String]?
    var not: [String]?
    /// Whether the intent is found, so that `plan` has something to do.
    var plans: Bool?
    var check_not_ready: Bool?
  }

  @Test(.needsCases("field")) func `every file of the field is reported as the people who run clusters need it`() throws
  {
    let cases = SharedCases("field")
    let expected = try cases.decode([String: Expectation].self, from: "expected.json")
    let names = try cases.files(endingWith: ".yaml")
    var agreed = 0
    for (name, expectation) in expected.sorted(by: { $0.key < $1.key }) {
      let documents = try names.filter { $0 == name || $0.hasPrefix(name + "/") }.map {
        IntentDocument(name: $0, bytes: try cases.contents(of: $0))
      }
      let issues = IntentReader.lint(documents)
      let text = issues.map { "\($0.at): \($0.severity.rawValue): \($0.message) [\($0.code.rawValue)]\n" }.joined()
      let reading = IntentReader.read(documents)
      var agrees = true
      if let exit = expectation.exit { agrees = agrees && issues.contains { $0.severity == .error } == (exit == 1) }
      for pattern in expectation.says ?? [] { agrees = try agrees && text.contains(Regex(pattern)) }
      for forbidden in expectation.not ?? [] { agrees = agrees && !text.contains(forbidden) }
      if expectation.plans == true { agrees = agrees && reading.state?.files.isEmpty == false }
      if expectation.check_not_ready == true { agrees = agrees && reading.state == nil }
      #expect(agrees, "\(name): \(text) \(reading.issues)")
      agreed += agrees ? 1 : 0
    }
    print("field: \(agreed) of \(expected.count) agree")
  }

  // MARK: Objects and references

  private static let files = """
    - {path: /etc/modprobe.d/sctp-blacklist.conf, mode: 420, overwrite: true, contents: {source: 'data:,'}}
    - {path: /etc/modules-load.d/sctp-load.conf, mode: 420, overwrite: true, contents: {source: 'data:,sctp'}}
    """
  private static let object = Intent.machineConfig(files, name: "found")

  private static func lint(_ text: String, name: String = "mc.yaml") -> [ConfigIssue] {
    IntentReader.lint([Intent.document(text, name: name)])
  }

  private static func indented(_ text: String, by spaces: Int) -> String {
    let margin = String(repeating: " ", count: spaces)
    return text.split(separator: "\n", omittingEmptySubsequences: true).map { "\(margin)\($0)\n" }.joined()
  }

  private static let reference = "{apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfig, name: x}"
  private static let stub =
    "{apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfig, metadata: {name: x}}"

  private static let whole =
    "{apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfig, metadata: {name: x}, spec: {config: null}}"

  @Test(arguments: [
    "kind: Node\nmetadata: {ownerReferences: [\(reference)]}",
    "kind: Event\ninvolvedObject: \(reference)\nrelated: {kind: MachineConfig}",
    "kind: Application\nspec: {ignoreDifferences: [{group: x, kind: MachineConfig}]}",
    "kind: CustomResourceDefinition\nspec: {names: {kind: MachineConfig}}\nstatus: {acceptedNames: {kind: MachineConfig}}",
    "kind: MachineConfigPool\nspec: {configuration: {source: [\(reference)]}}",
    "kind: Policy\nstatus: {relatedObjects: [{object: \(stub)}]}",
    "kind: AppliedManifestWork\nstatus: {appliedResources: [{group: g, resource: machineconfigs, name: x}]}",
    "kind: ManifestWork\nspec: {manifestConfigs: [{resourceIdentifier: {kind: MachineConfig, name: x}}]}",
    "kind: ClusterPolicy\nspec: {rules: [{match: {any: [{resources: {kinds: [MachineConfig]}}]}}]}",
    "kind: ClusterPolicy\nspec: {rules: [{generate: \(reference)}, {mutate: {targets: [\(reference)]}}]}",
    "kind: APIResourceList\nresources: [{name: machineconfigs, kind: MachineConfig}]",
    "kind: ConfigMap\ndata: {note: 'oc get MachineConfig: [', script: \"kind MachineConfig\\n  - {\"}",
    "kind: Secret\ndata: {token: '!!!', blob: H4sIAAAA}\nstringData: {a: '{ MachineConfig'}",
    "kind: ConfigurationPolicy\nspec: {object-templates: [{complianceType: mustnothave, objectDefinition: \(stub)}]}",
    "kind: MachineConfig", "kind: MachineConfig\napiVersion: machineconfiguration.openshift.io/v1",
    "kind: MachineConfig\napiVersion: other.example.org/v1\nmetadata: {name: x}\nspec: {}",
    "kind: HelmRelease\nspec: {postRenderers: [{kustomize: {patchesStrategicMerge: [\(whole)]}}]}",
    "kind: ClusterPolicy\nspec: {rules: [{validate: {pattern: \(whole)}}]}",
    "- hosts: localhost\n  tasks: [{k8s_info: {kind: MachineConfig, name: x}}]",
  ])
  func `a reference is no MachineConfig, and an intent of references alone is refused`(text: String) {
    #expect(findings(Self.lint("apiVersion: v1\n" + text)) == ["1:1 no-machineconfig"] || text.hasPrefix("- "))
    #expect(findings(Self.lint(text)) == ["1:1 no-machineconfig"])
    let reading = Intent.read(text)
    #expect(reading.state == nil)
    #expect(reading.findings == ["!1:1 no-machineconfig"], "\(reading.issues)")
    #expect(Intent.read(text, Self.object).state?.machineConfigs == ["found"])
  }

  @Test(arguments: [
    "kind: MachineConfig\nmetadata: {name: x}\nspec: {}",
    "kind: List\nitems:\n- kind: MachineConfig\n  metadata: {name: x}\n  spec: {}",
    "kind: ConfigurationPolicy\nspec:\n  object-templates:\n  - objectDefinition: {kind: MachineConfig, spec: {}}",
  ])
  func `an object without an apiVersion is an error`(text: String) {
    #expect(Self.lint(text).map(\.code.rawValue) == ["api-version"])
  }

  // MARK: Containers

  /// A container with the object at `OBJECT`, and the spaces before it.
  @Test(
    arguments: [
      ("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  -\nOBJECT", 4),
      (
        "apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nspec:\n  workload:\n    manifests:\n    -\nOBJECT",
        6
      ),
      ("apiVersion: hive.openshift.io/v1\nkind: SelectorSyncSet\nspec:\n  resources:\n  -\nOBJECT", 4),
      ("apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n-\nOBJECTparameters: [{name: UNUSED}]\n", 2),
      (
        "apiVersion: policy.open-cluster-management.io/v1\nkind: ConfigurationPolicy\nspec:\n  object-templates-raw: |\n"
          + "    - complianceType: musthave\n      objectDefinition:\nOBJECT", 8
      ),
      (
        "apiVersion: policy.open-cluster-management.io/v1\nkind: Policy\nspec:\n  policy-templates:\n  - objectDefinition:\n"
          + "      apiVersion: policy.open-cluster-management.io/v1\n      kind: ConfigurationPolicy\n      spec:\n"
          + "        object-templates:\n        - complianceType: musthave\n          objectDefinition:\nOBJECT", 12
      ),
      ("apiVersion: v1\nkind: Secret\nstringData:\n  mc.yaml: |\nOBJECT", 4),
      ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nodepool}\ndata:\n  config: |\nOBJECT", 4),
      ("apiVersion: v1\nkind: ConfigMap\ndata:\n  list: |\n    kind: List\n    items:\n    -\nOBJECT", 6),
      ("- name: Create it\n  kubernetes.core.k8s:\n    state: present\n    definition:\nOBJECT", 6),
      ("- name: Create it\n  k8s:\n    resource_definition: |\nOBJECT", 6),
      ("apiVersion: kubernetes.crossplane.io/v1\nkind: Object\nspec:\n  forProvider:\n    manifest:\nOBJECT", 6),
    ] as [(String, Int)])
  func `objects are found in every container, with places in the outer file`(text: String, spaces: Int) throws {
    let parts = text.split(separator: "OBJECT", omittingEmptySubsequences: false)
    let wrong = Self.object.replacing(
      "mode: 420, overwrite: true, contents: {source: 'data:,sctp'}",
      with: "mode: 644, contents: {source: 'data:,sctp'}")
    for (object, codes) in [(Self.object, []), (wrong, ["mode-not-octal"])] {
      let whole = String(parts[0]) + Self.indented(object, by: spaces) + parts.dropFirst().joined()
      let issues = Self.lint(whole)
      #expect(issues.map(\.code.rawValue) == codes, "\(issues)")
      let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
      for issue in issues {
        #expect(String(lines[issue.at.line - 1].dropFirst(issue.at.column - 1)).hasPrefix("644"), "\(issue)")
      }
      #expect(Intent.read(whole).state?.machineConfigs == ["found"])
    }
  }

  @Test func `base64 of a Secret is read, and its findings have the place of the value`() {
    let text = Intent.machineConfig("- {path: /etc/modprobe.d/a.conf, mode: 9999}")
    let encoded = Self.base64(text)
    #expect(
      findings(Self.lint("apiVersion: v1\nkind: Secret\ndata:\n  b: AAAA\n  a: \(encoded)\n")).allSatisfy {
        $0.contains("5:6 ")
      })
    let block = "apiVersion: v1\nkind: Secret\ndata:\n  a: |\n    \(encoded)\n"
    #expect(findings(Self.lint(block)).contains("!4:6 mode"))
  }

  private static func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bytes = Array(text.utf8)
    return stride(from: 0, to: bytes.count, by: 3).map { start -> String in
      let group = Array(bytes[start..<min(start + 3, bytes.count)])
      let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      let digits = (0..<4).map { String(alphabet[value >> (18 - 6 * $0) & 63]) }
      return digits.prefix(group.count + 1).joined() + String(repeating: "=", count: 3 - group.count)
    }.joined()
  }

  private static let ignition =
    #"{"ignition":{"version":"3.2.0"},"storage":{"files":[{"path":"/etc/modules-load.d/a.conf","mode":420,"#
    + #""overwrite":true,"contents":{"source":"data:,sctp"}},{"path":"/etc/modprobe.d/sctp-blacklist.conf","#
    + #""overwrite":true,"contents":{"source":"data:,"}}]}}"#

  @Test(arguments: [
    "kind: ClusterInstance\nspec: {nodes: [{ignitionConfigOverride: 'CONFIG'}]}",
    "kind: ClusterInstance\nspec:\n  ignitionConfigOverride: |\n    CONFIG",
    "kind: InfraEnv\nspec: {ignitionConfigOverride: 'CONFIG'}",
    "kind: SiteConfig\nspec: {clusters: [{nodes: [{ignitionConfigOverride: 'CONFIG'}]}]}",
    "kind: Agent\nspec: {ignitionConfigOverrides: 'CONFIG'}",
    "kind: BareMetalHost\nmetadata: {annotations: {bmac.agent-install.openshift.io/ignition-config-overrides: 'CONFIG'}}",
  ])
  func `the Ignition config of an installation is read`(text: String) throws {
    let whole = text.replacing("CONFIG", with: Self.ignition)
    #expect(Self.lint(whole) == [])
    #expect(Intent.read(whole).state?.wanted == [ModuleName("sctp")])
    // An empty one is none, and a wrong one is reported at its own place.
    #expect(findings(Self.lint(text.replacing("CONFIG", with: "{}"))) == ["1:1 no-machineconfig"])
    let wrong = text.replacing("CONFIG", with: Self.ignition.replacing("420", with: "9999"))
    let issue = try #require(Self.lint(wrong).first)
    #expect(issue.code == .mode)
    let lines = wrong.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[issue.at.line - 1].dropFirst(issue.at.column - 1).hasPrefix("9999"), "\(issue)")
  }

  // MARK: Not yet what it will be

  private static let head =
    "apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata:\n  name: a\n  labels:\n"
    + "    machineconfiguration.openshift.io/role: worker\nspec:\n  config:\n    ignition: {version: 3.2.0}\n"

  @Test(
    arguments: [
      ("{{- if .Values.enabled }}\n\(head){{- end }}\n", "!1:1 template", "helm template"),
      ("{{/* a comment */}}\n\(head)", "!1:1 template", "helm template"),
      ("\(head)    storage:\n      {{ .Values.storage }}\n", "!11:7 template", "helm template"),
      ("\(head)    storage: {{ toJson .Values.storage }}\n", "!10:14 template", "helm template"),
      ("\(head)    storage:\n{{ toYaml .Values.storage | indent 6 }}\n", "!11:1 template", "helm template"),
      (head.replacing("worker", with: "{{ .Values.role }}"), "!6:45 template", "helm template"),
      (head.replacing("worker", with: "\"{{ .Values.role }}\""), "!6:46 template", "helm template"),
      (head.replacing("worker", with: "{{ . }}"), "!6:45 template", "Go template"),
      ("{{range $r := .}}\n\(head){{end}}\n", "!1:1 template", "Go template"),
      ("{% for role in roles %}\n\(head){% endfor %}\n", "!1:1 template", "Jinja"),
      ("{# by hand #}\n\(head)", "!1:1 template", "Jinja"),
      (head.replacing("worker", with: "\"{{ item }}\""), "!6:46 template", "Jinja"),
      (head.replacing("machineconfiguration.openshift.io/role", with: "\"{{ label }}\""), "!6:6 template", "Jinja"),
      (head.replacing("worker", with: "\"{{ role | default('worker') }}\""), "!6:46 template", "Jinja"),
      ("#@ load(\"@ytt:data\", \"data\")\n---\n\(head)", "!1:1 template", "ytt"),
      (head.replacing("worker", with: "#@ data.values.role"), "!6:45 template", "ytt"),
      (head.replacing("worker", with: "%{ if infra }infra%{ else }worker%{ endif }"), "!6:45 template", "Terraform"),
      ("%{~ for role in roles ~}\n\(head)%{ endfor }\n", "!1:1 template", "Terraform"),
      ("<% roles.each do |role| %>\n\(head)<% end %>\n", "!1:1 template", "erb"),
      (head.replacing("worker", with: "${ROLE}"), "!6:45 template", "envsubst"),
      (head.replacing("worker", with: "$mcp"), "!6:45 template", "variable"),
      (head.replacing("name: a", with: "name: <name>"), "!4:9 template", "variable"),
      ("[{{ .Values.x }}]\n# MachineConfig", "!1:2 template", "helm template"),
      ("{\"kind\": \"MachineConfig\", {{ .Values.x }}}", "!1:27 template", "helm template"),
      ("{{- toYaml .Values.daemonset }}\na: b\n", "1:1 template", "helm template"),
      ("variant: fcos\nversion: 1.5.0\nstorage: {files: []}\n", "1:1 butane", "butane"),
      ("variant: rhcos\nversion: 0.1.0\n", "1:1 butane", "butane"),
      ("variant: openshift\nversion: 4.16.0\nmetadata: {name: a}\n", "1:1 butane", "butane"),
      ("kind: Kustomization\nresources: [a.yaml]\n", "1:1 kustomization", "kubectl kustomize"),
      (
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: []\n", "1:1 kustomization",
        "kubectl kustomize"
      ),
      (
        "resources:\n- a.yaml\npatchesStrategicMerge:\n- |-\n  kind: MachineConfig\n", "1:1 kustomization",
        "kubectl kustomize"
      ),
      ("resources: [a.yaml]\n", "1:1 kustomization", "kubectl kustomize"),
      (
        "kind: PolicyGenerator\napiVersion: policy.open-cluster-management.io/v1\n", "1:1 kustomization",
        "kubectl kustomize"
      ),
      (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    {{- if .x }}\n    kind: MachineConfig\n    {{- end }}\n",
        "!5:5 template", "Go template"
      ),
    ] as [(String, String, String)])
  func `a source that another program has yet to render is one finding that names the program`(
    text: String, finding: String, says: String
  ) {
    let issues = Self.lint(text)
    #expect(findings(issues) == [finding], "\(issues)")
    #expect(issues.first?.message.contains(says) ?? false, "\(issues)")
    #expect(Intent.read(text).state == nil)
  }

  @Test func `a policy and an OpenShift template are as they should be, so what they leave open is a warning`() {
    func policy(_ value: String) -> String {
      "apiVersion: policy.open-cluster-management.io/v1\nkind: ConfigurationPolicy\nspec:\n  object-templates:\n"
        + "  - objectDefinition:\n" + Self.indented(Self.head.replacing("worker", with: value), by: 6)
    }
    #expect(findings(Self.lint(policy("'{{hub .x hub}}'"))) == ["11:52 template"])
    #expect(findings(Self.lint(policy("'{{ fromConfigMap \"a\" \"b\" \"c\" }}'"))) == ["11:52 template"])
    let template =
      "kind: Template\napiVersion: template.openshift.io/v1\nparameters: [{name: ROLE}]\nobjects:\n-\n"
      + Self.indented(Self.head.replacing("worker", with: "${ROLE}"), by: 2)
    #expect(findings(Self.lint(template)) == ["11:47 template"])
    #expect(Self.lint(template).first?.message.contains("oc process") ?? false)
    let mode =
      template.replacing("${ROLE}", with: "worker")
      + "      storage:\n        files:\n        - path: /a\n          mode: ${{ROLE}}\n"
    #expect(findings(Self.lint(mode)) == ["18:17 template"])
    #expect(Self.lint(mode).first?.message.contains("oc process") ?? false)
  }

  @Test func `braces of a unit, of an annotation and of other objects are no template`() {
    let unit =
      "    systemd:\n      units:\n      - name: a.service\n        contents: |\n          [Service]\n"
      + "          ExecStart=/usr/bin/podman inspect -f '{{.State}}' ${NAME}\n"
    #expect(Self.lint(Self.head + unit) == [])
    #expect(Self.lint(Self.head.replacing("  labels:", with: "  annotations: {a: '{{ x }}'}\n  labels:")) == [])
    let rule = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: {a: '{{ $labels.node }}'}\n"
    #expect(Self.lint(rule + "---\n" + Self.object) == [])
    // What is wrong elsewhere in such a text is what it is.
    #expect(findings(Self.lint(Self.head + unit + "  x: [\n")) == ["!17:1 syntax"])
  }

  @Test func `a kustomization beside a MachineConfig leaves the intent valid`() {
    let kustomization =
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [mc.yaml]\nnameSuffix: -x\n"
      + "patches:\n- target: {kind: MachineConfig, name: found}\n  patch: |-\n    - {op: remove, path: /spec}\n"
      + "replacements:\n- source: {kind: MachineConfig, name: found}\n"
    let reading = Intent.read(kustomization, Self.object)
    #expect(reading.state?.machineConfigs == ["found"])
    #expect(reading.findings == ["1:1 kustomization"])
  }
}
