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
  func findsAFile(module: String, path: String?) { #expect(index.file(module)?.path == path) }

  @Test func knowsDependencies() {
    #expect(index.file("sctp")?.dependencies == [ModuleName("udp_tunnel"), ModuleName("ip6_udp_tunnel")])
    #expect(index.file("udp_tunnel")?.dependencies == [])
    #expect(index.file("nothing")?.dependencies == nil)
  }

  @Test func knowsAliases() {
    #expect(
      index.aliases(of: [ModuleName("sctp"), ModuleName("nothing"), ModuleName("sctp_diag")]) == [
        ModuleName("sctp"): ["net-pf-10-proto-132", "net-pf-2-proto-132"],
        ModuleName("sctp_diag"): ["net-pf-16-proto-4-type-2-132"],
      ])
  }

  private static let requests: [(String, [String])] = [
    ("net-pf-2-proto-132", ["sctp"]), ("net_pf_2_proto_132", ["sctp"]), ("pci:v0000d1sv2", ["some_card"]),
    ("usb:v7x", ["some_usb"]), ("usb:vx", []), ("sctp", []), ("", []),
  ]

  @Test(arguments: requests)
  func answersARequest(request: String, modules: [String]) {
    #expect(
      index.modules(forAliases: [ModuleName(request)])[ModuleName(request)] ?? [] == modules.map { ModuleName($0) })
  }

  @Test func `one search answers for all names as one search for each would`() {
    let names = Set(
      ["sctp", "sctp_diag", "out_of_tree", "udp_tunnel", "tunnel", "ext4", "xt_sctp", ""].map { ModuleName($0) })
    for name in names {
      #expect(index.files(of: names)[name] == index.files(of: [name])[name])
      #expect(index.builtin(among: names).contains(name) == index.builtin(among: [name]).contains(name))
    }
    let requests = Set(Self.requests.map { ModuleName($0.0) })
    for request in requests {
      #expect(index.modules(forAliases: requests)[request] == index.modules(forAliases: [request])[request])
    }
  }

  @Test func `the first of two lines of a module counts`() {
    let index = ModuleIndex(dep: Array("kernel/a.ko: kernel/b.ko\nextra/a.ko:\n".utf8))
    #expect(index.file("a")?.path == "kernel/a.ko")
    #expect(index.file("a")?.dependencies == [ModuleName("b")])
  }

  @Test(arguments: [("ext4", true), ("ipv6", true), ("with_dash", true), ("sctp", false), ("ext", false)])
  func knowsWhatIsBuiltIn(module: String, isBuiltin: Bool) {
    #expect(index.builtin(among: [ModuleName(module)]) == (isBuiltin ? [ModuleName(module)] : []))
  }

  @Test func anEmptyTreeHasNothing() {
    let index = ModuleIndex()
    #expect(index.files(of: [ModuleName("sctp")]).isEmpty)
    #expect(index.modules(forAliases: [ModuleName("x")]).isEmpty)
    #expect(index.builtin(among: [ModuleName("sctp")]).isEmpty)
  }
}

extension ModuleIndex {
  fileprivate func file(_ module: String) -> File? { files(of: [ModuleName(module)])[ModuleName(module)] }
}
