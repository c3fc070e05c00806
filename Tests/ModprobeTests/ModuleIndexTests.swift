import Modprobe
import Testing

@Suite struct ModuleIndexTests {
  private let index = ModuleIndex(
    dep: Array(
      """
      kernel/net/sctp/sctp_diag.ko.xz: kernel/net/sctp/sctp.ko.xz kernel/net/inet_diag.ko.xz
      kernel/net/sctp/sctp.ko.xz: kernel/net/ipv4/udp_tunnel.ko.xz kernel/net/ipv6/ip6_udp_tunnel.ko.xz
      kernel/net/ipv4/udp_tunnel.ko.xz:
      extra/out-of-tree.ko: kernel/net/sctp/sctp.ko.xz
      kernel/net/xt_sctp.ko.zst:
      """.utf8),
    alias: Array(
      """
      # Aliases extracted from modules themselves.
      alias net-pf-10-proto-132 sctp
      alias net-pf-2-proto-132 sctp
      alias net-pf-16-proto-4-type-2-132 sctp_diag
      alias pci:v0000*d*sv* some_card
      alias usb:v[0-9]* some_usb
      alias broken

      """.utf8),
    builtin: Array("kernel/fs/ext4/ext4.ko\nkernel/net/ipv6/ipv6.ko\nkernel/x/with-dash.ko\n".utf8))

  @Test(
    arguments: [
      ("sctp", "kernel/net/sctp/sctp.ko.xz"), ("sctp_diag", "kernel/net/sctp/sctp_diag.ko.xz"),
      ("out_of_tree", "extra/out-of-tree.ko"), ("udp_tunnel", "kernel/net/ipv4/udp_tunnel.ko.xz"),
      ("xt_sctp", "kernel/net/xt_sctp.ko.zst"), ("tunnel", nil), ("ext4", nil), ("", nil), ("ip6_udp_tunnel", nil),
    ])
  func findsAFile(module: String, path: String?) { #expect(index.path(of: ModuleName(module)) == path) }

  @Test func knowsDependencies() {
    #expect(index.dependencies(of: ModuleName("sctp")) == [ModuleName("udp_tunnel"), ModuleName("ip6_udp_tunnel")])
    #expect(index.dependencies(of: ModuleName("udp_tunnel")).isEmpty)
    #expect(index.dependencies(of: ModuleName("nothing")).isEmpty)
  }

  @Test func knowsAliases() {
    #expect(index.aliases(of: ModuleName("sctp")) == ["net-pf-10-proto-132", "net-pf-2-proto-132"])
    #expect(index.aliases(of: ModuleName("nothing")).isEmpty)
  }

  @Test(
    arguments: [
      ("net-pf-2-proto-132", ["sctp"]), ("net_pf_2_proto_132", ["sctp"]), ("pci:v0000d1sv2", ["some_card"]),
      ("usb:v7x", ["some_usb"]), ("usb:vx", []), ("sctp", []), ("", []),
    ] as [(String, [String])])
  func answersARequest(request: String, modules: [String]) {
    #expect(index.modules(forAlias: request) == modules.map { ModuleName($0) })
  }

  @Test(arguments: [("ext4", true), ("ipv6", true), ("with_dash", true), ("sctp", false), ("ext", false)])
  func knowsWhatIsBuiltIn(module: String, isBuiltin: Bool) {
    #expect(index.isBuiltin(ModuleName(module)) == isBuiltin)
  }

  @Test func anEmptyTreeHasNothing() {
    let index = ModuleIndex(dep: [], alias: [], builtin: [])
    #expect(index.path(of: ModuleName("sctp")) == nil)
    #expect(index.modules(forAlias: "x").isEmpty)
    #expect(!index.isBuiltin(ModuleName("sctp")))
  }
}
