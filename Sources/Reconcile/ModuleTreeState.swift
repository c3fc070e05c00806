/// What there is of a kernel's module tree.
package enum ModuleTreeState: Hashable, Sendable {
  case indexed
  /// The directory is there, without `modules.dep`.
  case notIndexed
  /// There is no directory.
  case missing
}
