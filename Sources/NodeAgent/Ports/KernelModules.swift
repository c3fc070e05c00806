package import Modprobe
package import Reconcile

/// The running kernel's modules.
package protocol KernelModules: Sendable {
  /// Loads the module and what it depends on as `modprobe NAME` would, in process and without running any program.
  ///
  /// A return says only that nothing refused the load. The caller reads the module's `initstate` afterwards, and only
  /// that counts. Waits for a limited time. A load that takes longer goes on, and the failure says that it is
  /// unfinished.
  func load(_ module: ModuleName) throws(LoadFailure)

  /// Reads a module file, by its path on the node, without loading it.
  func inspect(_ file: String) -> ModuleInspection

  /// The load or the inspection that has not ended and for which no caller waits; nil if there is none. Until it ends,
  /// each other load returns at once as unfinished.
  var unfinishedWork: UnfinishedModuleWork? { get }
}

/// The facts that a module file has without being loaded.
package struct ModuleInspection: Hashable, Sendable {
  /// Whether it ends in a signature; nil if that is unknown.
  package let signed: Bool?
  /// The reason why this libkmod cannot read it, such as a compression that it was built without; nil if it can.
  package let unreadable: String?
  /// What is wrong with the file, so that it cannot be loaded at all; nil if no fault is known. Only the kernel can
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
