import Modprobe

/// A module option whose value the kernel refuses, so that the module cannot be loaded.
///
/// Away from a node only the modules around SCTP are known. Of these, sctp alone has parameters: `no_checksums`, a bool.
struct InvalidOption {
  private let module: ModuleName
  private let name: String
  private let value: String

  private static let booleans: [ModuleName: Set<String>] = [ModuleName("sctp"): ["no_checksums"]]

  /// Returns nil if the kernel accepts the value, or only logs that it does not know the parameter.
  ///
  /// - Parameter value: Nil for a parameter without `=`, which sets a bool.
  init?(module: ModuleName, name: String, value: ArraySlice<UInt8>?) {
    let name = String(name.map { $0 == "-" ? "_" : $0 })
    guard let value, Self.booleans[module]?.contains(name) ?? false, !Self.isBoolean(value) else { return nil }
    self.module = module
    self.name = name
    self.value = String(decoding: value.prefix(100), as: UTF8.self)
  }

  /// Whether `kstrtobool` of the kernel accepts a value: it looks at the first character, and after `o` at the second.
  private static func isBoolean(_ value: ArraySlice<UInt8>) -> Bool {
    guard let first = value.first else { return false }
    if "yY1tTnN0fF".utf8.contains(first) { return true }
    guard first | 0x20 == UInt8(ascii: "o"), let second = value.dropFirst().first else { return false }
    return "nNfF".utf8.contains(second)
  }

  var message: String {
    "the kernel refuses to load \(module) with \(name)='\(value)', because the parameter is a bool; write Y or N"
  }
}
