/// A kernel's module tree as depmod indexed it: `modules.dep`, `modules.alias` and `modules.builtin`.
///
/// Look-ups search the bytes; nothing is parsed beforehand.
package struct ModuleIndex: Sendable {
  private let dep: [UInt8]
  private let alias: [UInt8]
  private let builtin: [UInt8]

  package init(dep: [UInt8], alias: [UInt8], builtin: [UInt8]) {
    self.dep = dep
    self.alias = alias
    self.builtin = builtin
  }

  /// The module's file relative to the tree, such as `kernel/net/sctp/sctp.ko.xz`; nil where the tree has none.
  package func path(of module: ModuleName) -> String? { nil }

  /// What the module needs, in the order of modules.dep; empty for a module that the tree does not have.
  package func dependencies(of module: ModuleName) -> [ModuleName] { [] }

  /// The patterns by which the kernel asks for the module, such as `net-pf-2-proto-132`.
  package func aliases(of module: ModuleName) -> [String] { [] }

  /// The modules that answer to a request such as `net-pf-2-proto-132`.
  package func modules(forAlias request: String) -> [ModuleName] { [] }

  /// Whether the module is part of the kernel image.
  package func isBuiltin(_ module: ModuleName) -> Bool { false }
}
