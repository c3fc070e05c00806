import Testing

@testable import Modprobe

/// kernel/params.c and lib/kstrtox.c decide; each row is what they make of the value.
@Suite struct ParameterTypeTests {
  private func takes(_ type: String, _ value: String?, kernel: String = "6.1.0") -> Bool {
    ParameterType(type).takes(value.map { Array($0.utf8) }, kernel: KernelVersion(release: kernel))
  }

  @Test(arguments: ["y", "Y", "yes", "1", "10", "t", "n", "N", "0", "f", "on", "ON", "off", "oFf"])
  func `a bool takes these`(value: String) { #expect(takes("bool", value)) }

  @Test(arguments: ["perhaps", "", "2", "o", "oh", "-1", "\u{10}"])
  func `a bool refuses these`(value: String) { #expect(!takes("bool", value)) }

  @Test func `t and f are booleans since kernel 5.19`() {
    #expect(!takes("bool", "true", kernel: "5.14.0-427.el9.x86_64"))
    #expect(takes("bool", "true", kernel: "5.19.0"))
    #expect(takes("bool", "true", kernel: "built-here"))
  }

  @Test(arguments: [
    ("int", "0"), ("int", "-2147483648"), ("int", "+7"), ("int", "0x7fffffff"), ("int", "017"), ("int", "5\n"),
    ("uint", "4294967295"), ("byte", "255"), ("short", "-32768"), ("ushort", "0xFFFF"), ("long", "-1"),
    ("ulong", "18446744073709551615"), ("hexint", "0xdeadbeef"), ("charp", ""), ("string", "a,b"), ("mode", "x"),
    ("array of int", "1,2,0x3"), ("array of charp", "a,,b"),
  ])
  func `these values fit`(type: String, value: String) { #expect(takes(type, value)) }

  @Test(arguments: [
    ("int", "2147483648"), ("int", ""), ("int", "1 "), ("int", "abc"), ("int", "1.5"), ("int", "0x"), ("int", "08"),
    ("int", "--1"), ("int", "5\n\n"), ("uint", "-1"), ("byte", "256"), ("ushort", "65536"), ("ulong", "-1"),
    ("array of int", "1,,2"), ("array of bool", "y,maybe"),
  ])
  func `these values do not fit`(type: String, value: String) { #expect(!takes(type, value)) }

  @Test func `only switches do without a value`() {
    #expect(takes("bool", nil) && takes("invbool", nil) && takes("bint", nil) && takes("of the module's own", nil))
    #expect(!takes("int", nil) && !takes("charp", nil) && !takes("array of int", nil))
  }

  private func refused(_ options: String, commandLine: String = "") -> [String] {
    let configuration = ModprobeConfiguration(
      dropIns: .modprobe([[DropIn(path: "/etc/modprobe.d/a.conf", contents: Array(options.utf8))]]),
      commandLine: KernelCommandLine(Array(commandLine.utf8)))
    let types = ["no_checksums": ParameterType("bool"), "limit": ParameterType("int")]
    return configuration.refusedParameters(of: ["sctp"], types: types, kernel: KernelVersion(6, 1)).map {
      "\($0.rule.location): \($0.text)"
    }
  }

  @Test func `what the kernel refuses is found with its place`() {
    #expect(refused("options sctp no_checksums=perhaps\n") == ["/etc/modprobe.d/a.conf:1: no_checksums=perhaps"])
    #expect(refused("options sctp no-checksums=y limit=x\n") == ["/etc/modprobe.d/a.conf:1: limit=x"])
    #expect(
      refused("", commandLine: "quiet sctp.no_checksums=perhaps") == ["kernel command line: no_checksums=perhaps"])
  }

  @Test func `what the kernel ignores is not refused`() {
    #expect(
      refused("options sctp unknown=perhaps -- no_checksums=perhaps\noptions other no_checksums=perhaps\n").isEmpty)
  }
}
