/// What one line of modprobe.d says.
///
/// Source: modprobe.d(5), "COMMANDS". Names and patterns stand as kmod compares them, with `-` folded to `_` outside
/// brackets; commands and parameters stand as written.
package enum ModprobeDirective: Hashable, Sendable {
  /// A request that matches the pattern becomes a request for the target; `off` is no keyword but a module that
  /// nobody has.
  case alias(pattern: String, target: ModuleName)
  /// The module's own aliases are ignored, so that nothing but its plain name loads it.
  case blacklist(ModuleName)
  /// Run the command instead of loading a module that matches the pattern.
  case install(pattern: String, command: String)
  case options(module: ModuleName, parameters: String)
  case remove(pattern: String, command: String)
  /// Load these before and after a module that matches the pattern.
  case softdep(pattern: String, pre: [ModuleName], post: [ModuleName])
  /// These may be needed later; read by kmod 33 and later, a bad line for earlier ones.
  case weakdep(pattern: String, modules: [ModuleName])

  /// The word that the line begins with.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case alias, blacklist, install, options, remove, softdep, weakdep
  }
}
