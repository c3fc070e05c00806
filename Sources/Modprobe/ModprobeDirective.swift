/// The meaning of one line of modprobe.d.
///
/// Source: modprobe.d(5), "COMMANDS". Names and patterns have the form in which kmod compares them, with `_` for every `-`
/// outside of brackets. Commands and parameters are as written.
package enum ModprobeDirective: Hashable, Sendable {
  /// A request that matches the pattern becomes a request for the target. `off` is not a keyword: it is a module that does
  /// not exist.
  case alias(pattern: String, target: ModuleName)
  /// The aliases of the module are ignored, so that only its plain name loads it.
  case blacklist(ModuleName)
  /// modprobe runs the command in place of loading a module that matches the pattern.
  case install(pattern: String, command: String)
  case options(module: ModuleName, parameters: String)
  case remove(pattern: String, command: String)
  /// modprobe loads these before and after a module that matches the pattern.
  case softdep(pattern: String, pre: [ModuleName], post: [ModuleName])
  /// The module may need these later. kmod reads such lines since version 33.
  case weakdep(pattern: String, modules: [ModuleName])

  /// The first word of the line.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case alias, blacklist, install, options, remove, softdep, weakdep
  }
}
