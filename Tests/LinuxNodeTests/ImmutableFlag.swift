import Glibc
import NodeTesting

// Variadic in C, so that Swift's Glibc module has it not.
@_silgen_name("ioctl") private func c_ioctl(_ file: Int32, _ request: UInt, _ argument: UnsafeMutablePointer<UInt32>)
  -> Int32

/// The immutable flag of a file: ioctl_iflags(2).
enum ImmutableFlag {
  private static let set: UInt = 0x4008_6602
  private static let get: UInt = 0x8008_6601
  static let immutable: UInt32 = 0x10
  static let appendOnly: UInt32 = 0x20

  /// Whether files of /tmp can be made immutable, and by this process.
  static let isAllowed: Bool = {
    let root = TemporaryRoot()
    root.plant("/file", "")
    return change(root.path + "/file", to: true) && change(root.path + "/file", to: false)
  }()

  /// False: the file system has no such flag, or this process may not set it.
  static func change(_ path: String, to isOn: Bool, _ flag: UInt32 = immutable) -> Bool {
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var flags: UInt32 = 0
    guard file >= 0, c_ioctl(file, get, &flags) == 0 else { return false }
    flags = isOn ? flags | flag : flags & ~flag
    return c_ioctl(file, set, &flags) == 0
  }
}
