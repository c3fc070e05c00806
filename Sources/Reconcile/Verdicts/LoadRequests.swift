package import Modprobe

/// What systemd-modules-load tries at boot, in its order (modules-load.d(5); systemd's `modules-load.c`).
package struct LoadRequests: Hashable, Sendable {
  package struct Request: Hashable, Sendable {
    package let module: ModuleName
    package let location: RuleLocation
    package let text: String
  }

  package let requests: [Request]

  /// The kernel command line's `modules_load=` comes first, then the files by name.
  package init(dropIns: EffectiveDropIns, commandLine: KernelCommandLine) {
    requests =
      commandLine.modulesLoad.map {
        Request(module: $0, location: .kernelCommandLine, text: "modules_load=\($0)")
      }
      + dropIns.applied.flatMap { dropIn in
        ModulesLoadFile(path: dropIn.path, contents: dropIn.contents).entries.map {
          Request(module: $0.module, location: $0.location, text: $0.text)
        }
      }
  }

  /// The first request for the module; nil: no load file names it.
  package func request(for module: ModuleName) -> Request? { requests.first { $0.module == module } }
}
