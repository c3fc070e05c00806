import Glibc
import Synchronization

// Not in Swift's Glibc module, or variadic: unshare(2), mount(2), ioctl(2).
@_silgen_name("unshare") private func c_unshare(_ flags: Int32) -> Int32
@_silgen_name("mount") private func c_mount(
  _ source: UnsafePointer<CChar>?, _ target: UnsafePointer<CChar>?, _ type: UnsafePointer<CChar>?, _ flags: UInt,
  _ data: UnsafePointer<CChar>?
) -> Int32
@_silgen_name("ioctl") private func c_ioctl(_ file: Int32, _ request: UInt, _ argument: UnsafeMutablePointer<UInt32>)
  -> Int32

/// Mounts that only the thread that makes them sees, and that go with it.
enum MountNamespace {
  private static let newNamespace: Int32 = 0x20000
  private static let readOnly: UInt = 1
  private static let remount: UInt = 32
  private static let bind: UInt = 4096
  private static let recursive: UInt = 16384
  private static let isPrivate: UInt = 1 << 18

  /// Runs `body` on a thread with its own mounts; false: this process may not have any.
  static func run(_ body: @escaping @Sendable () -> Void) -> Bool {
    let ran = Mutex(false)
    BackgroundThread {
      guard c_unshare(newNamespace) == 0, c_mount(nil, "/", nil, recursive | isPrivate, nil) == 0 else {
        print("skipped: needs the right to mount (root)")
        return
      }
      body()
      ran.withLock { $0 = true }
    }.join()
    return ran.withLock { $0 }
  }

  static func makeReadOnly(_ path: String) -> Bool {
    c_mount(path, path, nil, bind, nil) == 0 && c_mount(nil, path, nil, bind | remount | readOnly, nil) == 0
  }

  static func makeWritable(_ path: String) -> Bool { c_mount(nil, path, nil, bind | remount, nil) == 0 }

  static func mountTemporary(_ path: String, options: String) -> Bool {
    c_mount("tmpfs", path, "tmpfs", 0, options) == 0
  }
}

/// The immutable flag of a file: ioctl_iflags(2).
enum ImmutableFlag {
  private static let set: UInt = 0x4008_6602
  private static let get: UInt = 0x8008_6601
  private static let immutable: UInt32 = 0x10

  /// False: the file system has no such flag, or this process may not set it.
  static func change(_ path: String, to isOn: Bool) -> Bool {
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var flags: UInt32 = 0
    guard file >= 0, c_ioctl(file, get, &flags) == 0 else { return false }
    flags = isOn ? flags | immutable : flags & ~immutable
    return c_ioctl(file, set, &flags) == 0
  }
}
