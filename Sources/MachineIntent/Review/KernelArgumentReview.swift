import Modprobe

/// The kernel arguments of an intent that keep a wanted module out.
struct KernelArgumentReview {
  private struct Argument {
    let object: String
    let text: String
    let at: SourceLocation
    let parameters: [KernelParameter]
  }

  private let arguments: [Argument]
  private let wanted: [ModuleName]

  /// The init functions by which `initcall_blacklist=` names modules. ip6_udp_tunnel has none.
  private static let initFunctions: [ModuleName: String] = [
    ModuleName("sctp"): "sctp_init", ModuleName("sctp_diag"): "sctp_diag_init",
    ModuleName("udp_tunnel"): "udp_tunnel_nic_init_module", ModuleName("libcrc32c"): "libcrc32c_mod_init",
  ]

  private init(arguments: [Argument], wanted: [ModuleName]) {
    self.arguments = arguments
    self.wanted = wanted
  }

  init(objects: [MachineConfigObject], wanted: [ModuleName]) {
    self.wanted = wanted
    arguments = objects.flatMap { object in
      object.kernelArguments.map { text, at in
        Argument(object: object.name, text: text, at: at, parameters: KernelParameter.all(in: Array(text.utf8)))
      }
    }
  }

  /// Warns of arguments that keep sctp out, in an intent that does not want it loaded.
  func reportKeptOut(_ findings: inout Findings) {
    let sctp = ModuleName("sctp")
    guard !arguments.isEmpty, !wanted.contains(sctp) else { return }
    var blocking = Findings()
    let review = Self(arguments: arguments, wanted: [sctp])
    review.report(&blocking, .warning)
    for issue in blocking.issues where issue.code == .blockedByKernelArguments {
      guard let argument = arguments.first(where: { $0.at == issue.at }) else { continue }
      findings.warning(
        .keptOut, at: issue.at,
        "the kernel argument '\(argument.text.prefix(200))' of '\(argument.object)' keeps sctp out: programs on the node cannot "
          + "open SCTP sockets")
    }
  }

  func report(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    guard !arguments.isEmpty, !wanted.isEmpty else { return }
    reportBlacklists(&findings, severity)
    reportInitcalls(&findings, severity)
    reportDisabledModules(&findings, severity)
    reportAutoloadOff(&findings)
    reportOptions(&findings, severity)
  }

  private func add(_ argument: Argument, _ effect: String, _ findings: inout Findings, _ severity: ConfigIssue.Severity)
  {
    findings.add(
      severity, .blockedByKernelArguments, at: argument.at,
      "the kernel argument '\(argument.text.prefix(200))' of '\(argument.object)' \(effect); remove it")
  }

  private func reportBlacklists(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    let lines = arguments.map { KernelCommandLine(Array($0.text.utf8)) }
    // Only the last `module_blacklist=` has an effect.
    let refused = KernelCommandLine(Array(arguments.map(\.text).joined(separator: " ").utf8)).moduleBlacklist
    for module in wanted {
      var places = lines.indices.filter { lines[$0].modprobeBlacklist.contains(module) }
      if refused.contains(module), let last = lines.lastIndex(where: { $0.moduleBlacklist.contains(module) }) {
        places.append(last)
      }
      for place in Set(places).sorted() {
        add(arguments[place], "blocks \(module), which the intent wants loaded", &findings, severity)
      }
      let dependencies = IntentConflicts.dependencies[module, default: []].filter { !wanted.contains($0) }
      for dependency in dependencies where refused.contains(dependency) {
        guard let last = lines.lastIndex(where: { $0.moduleBlacklist.contains(dependency) }) else { continue }
        add(
          arguments[last], "blocks \(dependency), without which the kernel does not load \(module)", &findings, severity
        )
      }
    }
  }

  private func reportInitcalls(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    for argument in arguments {
      let names = argument.parameters.filter { $0.name == "initcall_blacklist" }
        .flatMap { ($0.text ?? "").split(separator: ",").map(String.init) }
      guard !names.isEmpty else { continue }
      for module in wanted {
        for name in [module] + IntentConflicts.dependencies[module, default: []] {
          guard let function = Self.initFunctions[name], names.contains(function) else { continue }
          let purpose =
            name == module ? "which the intent wants loaded" : "without which the kernel does not load \(module)"
          add(argument, "makes the kernel refuse \(name), \(purpose)", &findings, severity)
        }
      }
    }
  }

  /// Reports what makes the kernel refuse every module from the start.
  private func reportDisabledModules(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    for argument in arguments {
      guard KernelCommandLine(Array(argument.text.utf8)).modulesDisabledWord != nil else { continue }
      let modules = wanted.map(\.rawValue).joined(separator: ", ")
      add(argument, "makes the kernel refuse every module, and the intent wants \(modules) loaded", &findings, severity)
    }
  }

  /// Warns of `sysctl.kernel.modprobe=/bin/true`: modules are loaded at boot, but not when a program asks for its
  /// protocol.
  private func reportAutoloadOff(_ findings: inout Findings) {
    let last = arguments.flatMap { argument in argument.parameters.map { (argument, $0) } }
      .last { $0.1.isSysctl("kernel.modprobe") }
    guard let (argument, parameter) = last, SysctlSetting.turnsAutoloadOff(parameter.text ?? "") else { return }
    add(argument, SysctlReview.autoloadOff, &findings, .warning)
  }

  /// Reports `sctp.no_checksums=perhaps`: modprobe gives such arguments to the module as its options.
  private func reportOptions(_ findings: inout Findings, _ severity: ConfigIssue.Severity) {
    for argument in arguments {
      for parameter in argument.parameters {
        guard let dot = parameter.name.firstIndex(of: ".") else { continue }
        let module = ModuleName(String(parameter.name[..<dot]))
        guard wanted.contains(module),
          let option = InvalidOption(
            module: module, name: String(parameter.name[parameter.name.index(after: dot)...]), value: parameter.value)
        else { continue }
        findings.add(
          severity, .invalidOption, at: argument.at,
          "the kernel argument '\(argument.text.prefix(200))' of '\(argument.object)': \(option.message)")
      }
    }
  }
}
