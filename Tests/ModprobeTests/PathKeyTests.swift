import Modprobe
import Testing

@Suite struct PathKeyTests {
  @Test(arguments: [
    ("/etc/a", "/etc/a", 0), ("/etc/a", "/etc/b", -1), ("/etc", "/etc/a", -1), ("", "/", -1), ("", "", 0),
    ("/etc/modprobe.d/a-long-name.conf", "/etc/modprobe.d/a-long-name.conf", 0),
    ("/etc/modprobe.d/a-long-name.conf", "/etc/modprobe.d/a-long-nane.conf", -1),
    // The composed and the decomposed letter look the same. The kernel takes them for two names.
    ("/etc/e\u{301}", "/etc/\u{e9}", -1), ("/etc/z", "/etc/\u{e9}", -1),
  ])
  func `paths are compared by their bytes`(left: String, right: String, order: Int) {
    let (left, right) = (PathKey(left), PathKey(right))
    #expect((left == right) == (order == 0))
    #expect((left < right) == (order < 0))
    #expect(!(right < left))
    #expect(Set([left, right]).count == (order == 0 ? 1 : 2))
  }
}
