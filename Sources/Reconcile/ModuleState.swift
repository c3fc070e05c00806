/// A module's state as the kernel names it, and two names for not being there.
package enum ModuleState: String, Hashable, Sendable, Codable {
  case live, coming, going, builtin
  /// There is a file for this kernel, and it is not loaded.
  case absent
  /// There is no file for this kernel.
  case missing

  package var isUsable: Bool { self == .live || self == .builtin }
}
