import Modprobe

/// The init function of a module: the kernel refuses the module if `initcall_blacklist=` names it.
package enum InitFunction: Hashable, Sendable {
  /// The module's file has not been read, or is compressed.
  case unknown
  /// The module has none.
  case none
  case named(String)

  /// Whether the name is that of the module's init function. If the file does not say so, the names known for sctp and
  /// its dependencies decide, then the forms that kernel modules use.
  func isNamed(_ name: String, module: ModuleName) -> Bool {
    switch self {
    case .named(let function): return function == name
    case .none: return false
    case .unknown: break
    }
    if let known = Self.known[module] { return known == name }
    return Self.forms.contains { name == $0.0 + module.rawValue + $0.1 }
  }

  /// The names in the kernel's sources, 4.18 to 7.2. `ip6_udp_tunnel` has none.
  private static let known: [ModuleName: String?] = [
    ModuleName("sctp"): "sctp_init", ModuleName("sctp_diag"): "sctp_diag_init",
    ModuleName("udp_tunnel"): "udp_tunnel_nic_init_module", ModuleName("libcrc32c"): "libcrc32c_mod_init",
    ModuleName("ip6_udp_tunnel"): nil,
  ]

  private static let forms = [
    ("", "_init"), ("init_", ""), ("", "_init_module"), ("", "_module_init"), ("", "_mod_init"), ("", "_driver_init"),
  ]
}
