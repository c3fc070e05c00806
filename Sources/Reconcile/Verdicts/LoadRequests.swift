package import Modprobe

/// What systemd-modules-load tries at boot, in its order (modules-load.d(5); systemd's `modules-load.c`).
package struct LoadRequests: Hashable, Sendable {
  package struct Request: Hashable, Sendable {
    package let module: ModuleName
    package let location: RuleLocation
    package let text: String
  }

  package let requests: [Request]

  /// Lists `modules_load=` of the kernel command line first, then the files by name.
  package init(
    dropIns: EffectiveDropIns, commandLine: KernelCommandLine, systemd: SystemdVersion = .newest
  ) {
    let all =
      commandLine.modulesLoad.map {
        Request(module: $0, location: .kernelCommandLine, text: "modules_load=\($0)")
      }
      + dropIns.applied.flatMap { dropIn in
        ModulesLoadFile(path: dropIn.path, contents: dropIn.contents).entries.map {
          Request(module: $0.module, location: $0.location, text: $0.text)
        }
      }
    var seen = Set<ModuleName>()
    requests = systemd.dropsDuplicates ? all.filter { seen.insert($0.module).inserted } : all
  }

  /// Returns the first request for the module, or nil if no load file names it.
  package func request(for module: ModuleName) -> Request? { requests.first { $0.module == module } }
}
