import Testing

@testable import MachineIntent

@Suite struct ScalarValueTests {
  @Test(
    arguments: [
      ("420", .int(420)), ("0644", .int(420)), ("0o644", .int(420)), ("0x1A4", .int(420)), ("0b11", .int(3)),
      ("-1", .int(-1)), ("+1", .int(1)), ("1_000", .int(1000)), ("-0644", .int(-420)), ("0", .int(0)),
      ("08", .float(8)), ("420.0", .float(420)), ("4.2e2", .float(420)), (".5", .float(0.5)), ("1.", .float(1)),
      (".inf", .float(nil)), ("99999999999999999999", .float(1e20)),
      ("", .null), ("~", .null), ("null", .null), ("NULL", .null), ("nULL", .string),
      ("true", .bool(true)), ("Yes", .bool(true)), ("on", .bool(true)), ("n", .bool(false)), ("off", .bool(false)),
      ("2.2.0", .string), ("3.2.0", .string), ("sctp", .string), ("1:30", .string), ("2001-01-01", .string),
      ("0o", .string), ("-", .string), ("+-1", .string), ("1e", .string), (".", .string), ("data:,", .string),
    ] as [(String, ScalarValue)])
  func plainScalarsMeanWhatKubernetesMakesOfThem(text: String, value: ScalarValue) {
    #expect(ScalarValue(yaml: Array(text.utf8)[...]) == value)
  }
}
