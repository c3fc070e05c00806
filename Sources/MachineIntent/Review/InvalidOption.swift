import Modprobe

/// A module option whose value the kernel refuses, so that the module cannot be loaded.
///
/// Away from a node only the modules around SCTP are known. Of these, sctp alone has parameters: `no_checksums`, a bool.
struct InvalidOption {
  private let module: ModuleName
  private let name: String
  private let value: String

  private static let types: [ModuleName: [String: ParameterType]] = [
    ModuleName("sctp"): ["no_checksums": ParameterType("bool")]
  ]
  /// Kernels accept more words for a bool since 5.19, and none less.
  private static let newestKernel = KernelVersion(.max, 0)

  /// Returns nil if the kernel accepts the value, or only logs that it does not know the parameter.
  ///
  /// - Parameter value: Nil for a parameter without `=`, which sets a bool.
  init?(module: ModuleName, name: String, value: ArraySlice<UInt8>?) {
    let name = String(name.map { $0 == "-" ? "_" : $0 })
    guard let type = Self.types[module]?[name], !type.takes(value.map { Array($0) }, kernel: Self.newestKernel) else {
      return nil
    }
    self.module = module
    self.name = name
    self.value = String(decoding: (value ?? []).prefix(100), as: UTF8.self)
  }

  var message: String {
    "the kernel refuses to load \(module) with \(name)='\(value)', because the parameter is a bool; write Y or N"
  }
}
