package import Modprobe
package import Reconcile

/// The running kernel's modules.
package protocol KernelModules: Sendable {
  /// Loads the module and what it depends on as `modprobe NAME` would, in process and without running any program.
  ///
  /// Returning says only that nobody objected: what counts is the module's `initstate` afterwards, which the caller
  /// reads. Waits for a limited time; a load that takes longer goes on, and the failure says that it is unfinished.
  func load(_ module: ModuleName) throws(LoadFailure)

  /// Reads a module file without loading it. The path is as the node sees it.
  func inspect(_ file: String) -> ModuleInspection

  /// The load or the inspection that has not ended, though its caller no longer waits; nil if there is none. Until it
  /// ends, other loads are unfinished at once.
  var unfinishedWork: UnfinishedModuleWork? { get }
}

/// What a module file shows without being loaded.
package struct ModuleInspection: Hashable, Sendable {
  /// Whether it ends in a signature; nil if that is unknown.
  package let signed: Bool?
  /// Why this libkmod cannot read it, such as a compression that it was built without; nil if it can.
  package let unreadable: String?
  /// What is wrong with the file, so that it cannot be loaded at all; nil if nothing is seen to be. Only the kernel can
  /// verify a signature.
  package let damage: String?
  /// The types of the module's parameters by name; empty if the file cannot be read.
  package let parameters: [String: ParameterType]

  package init(
    signed: Bool?, unreadable: String? = nil, damage: String? = nil, parameters: [String: ParameterType] = [:]
  ) {
    self.signed = signed
    self.unreadable = unreadable
    self.damage = damage
    self.parameters = parameters
  }
}
