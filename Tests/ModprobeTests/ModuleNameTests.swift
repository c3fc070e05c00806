import Modprobe
import Testing

@Suite struct ModuleNameTests {
  @Test(
    arguments: [
      ("sctp", "sctp"), ("nf-conntrack", "nf_conntrack"), ("net-pf-2-proto-132", "net_pf_2_proto_132"),
      ("a-[b-c]-d", "a_[b-c]_d"), ("", ""), ("-", "_"),
    ])
  func foldsDashesOutsideBrackets(spelling: String, expected: String) {
    #expect(ModuleName(spelling).rawValue == expected)
  }

  @Test func bothSpellingsAreOneName() {
    #expect(ModuleName("sctp-diag") == ModuleName("sctp_diag"))
    #expect(ModuleName("sctp") != ModuleName("sctp_diag"))
  }
}
