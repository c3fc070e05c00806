/// The modules that systemd-modules-load tries, in its order: those of the kernel command line, then the files'.
package struct ModulesLoadConfiguration: Sendable {
  /// Each attempt; a module that several files name is tried again and again.
  package let entries: [ModulesLoadFile.Entry]
  package let suspicious: [SkippedLine]

  package init(dropIns: EffectiveDropIns, commandLine: KernelCommandLine = KernelCommandLine()) {
    let source = RuleLocation(file: KernelCommandLine.sourceName, line: 0)
    let files = dropIns.applied.map { ModulesLoadFile(path: $0.path, contents: $0.contents) }
    entries =
      commandLine.modulesLoad.map { ModulesLoadFile.Entry(module: $0, location: source, text: $0.rawValue) }
      + files.flatMap(\.entries)
    suspicious = files.flatMap(\.suspicious)
  }

  /// The places that name the module.
  package func entries(of module: ModuleName) -> [ModulesLoadFile.Entry] { entries.filter { $0.module == module } }
}
