import Glibc
import Synchronization

// Not in Swift's Glibc module: unshare(2), mount(2).
@_silgen_name("unshare") private func c_unshare(_ flags: Int32) -> Int32
@_silgen_name("mount") private func c_mount(
  _ source: UnsafePointer<CChar>?, _ target: UnsafePointer<CChar>?, _ type: UnsafePointer<CChar>?, _ flags: UInt,
  _ data: UnsafePointer<CChar>?
) -> Int32

@_silgen_name("umount2") private func c_unmount(_ target: UnsafePointer<CChar>?, _ flags: Int32) -> Int32

/// Mounts that only the thread that makes them sees, and that go with it.
enum MountNamespace {
  private static let newNamespace: Int32 = 0x20000
  private static let readOnly: UInt = 1
  private static let remount: UInt = 32
  private static let bind: UInt = 4096
  private static let recursive: UInt = 16384
  private static let isPrivate: UInt = 1 << 18

  /// Whether this process may have any.
  static let isAllowed: Bool = {
    let entered = Mutex(false)
    BackgroundThread { entered.withLock { $0 = enter() } }.join()
    return entered.withLock(\.self)
  }()

  /// Runs `body` on a thread with its own mounts.
  static func run(_ body: @escaping @Sendable () -> Void) {
    BackgroundThread {
      precondition(enter())
      body()
    }.join()
  }

  /// Gives the calling thread mounts of its own.
  private static func enter() -> Bool {
    c_unshare(newNamespace) == 0 && c_mount(nil, "/", nil, recursive | isPrivate, nil) == 0
  }

  static func makeReadOnly(_ path: String) -> Bool {
    c_mount(path, path, nil, bind, nil) == 0 && c_mount(nil, path, nil, bind | remount | readOnly, nil) == 0
  }

  static func makeWritable(_ path: String) -> Bool { c_mount(nil, path, nil, bind | remount, nil) == 0 }

  static func unmount(_ path: String) -> Bool { c_unmount(path, 0) == 0 }

  /// Shows a directory at a second path.
  static func bind(_ directory: String, at path: String) -> Bool { c_mount(directory, path, nil, bind, nil) == 0 }

  static func mountTemporary(_ path: String, options: String) -> Bool {
    c_mount("tmpfs", path, "tmpfs", 0, options) == 0
  }
}
