package import Glibc

/// The system calls of the file path, in the kernel's own form: a result, or a negative error number (EINTR too).
///
/// `LinuxCalls` calls the kernel; the fault tests wrap it to record each call or to make it fail.
package protocol FileSystemCalls: Sendable {
  func openat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ flags: Int32, _ mode: UInt32) -> Int
  /// openat2(2) with `root` as `/`, for links too. ENOSYS and EPERM mean that the kernel does not have it, or that a
  /// filter forbids it.
  func openInRoot(_ root: Int32, _ path: UnsafePointer<CChar>, _ flags: Int32) -> Int
  func close(_ file: Int32) -> Int
  func fstat(_ file: Int32, _ status: inout stat) -> Int
  /// Never follows a link.
  func fstatat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ status: inout stat) -> Int
  func readlinkat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ buffer: UnsafeMutableRawBufferPointer) -> Int
  func getdents64(_ directory: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int
  func read(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int
  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
  func ftruncate(_ file: Int32, _ size: Int) -> Int
  func fchown(_ file: Int32, _ user: UInt32, _ group: UInt32) -> Int
  func fchmod(_ file: Int32, _ mode: UInt32) -> Int
  func fgetxattr(_ file: Int32, _ name: UnsafePointer<CChar>, _ buffer: UnsafeMutableRawBufferPointer) -> Int
  func fsetxattr(_ file: Int32, _ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) -> Int
  func flistxattr(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int
  func fremovexattr(_ file: Int32, _ name: UnsafePointer<CChar>) -> Int
  /// FS_IOC_GETFLAGS.
  func inodeFlags(_ file: Int32, _ flags: inout UInt32) -> Int
  func fsync(_ file: Int32) -> Int
  /// flock(2), exclusive and without waiting. The lock ends with the descriptor, and so with the process.
  func lock(_ file: Int32) -> Int
  /// Renames within one directory.
  func renameat(_ directory: Int32, _ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int
  /// RENAME_EXCHANGE of renameat2(2): exchanges two files. EINVAL means that the file system does not support it.
  func exchange(_ directory: Int32, _ first: UnsafePointer<CChar>, _ second: UnsafePointer<CChar>) -> Int
  /// RENAME_NOREPLACE: EEXIST if the new name exists. EINVAL means that the file system does not support it.
  func renameToFree(_ directory: Int32, _ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int
  func unlinkat(_ directory: Int32, _ name: UnsafePointer<CChar>) -> Int
  /// AT_REMOVEDIR of unlinkat(2).
  func rmdirat(_ directory: Int32, _ name: UnsafePointer<CChar>) -> Int
  func mkdirat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ mode: UInt32) -> Int
  func symlinkat(_ target: UnsafePointer<CChar>, _ directory: Int32, _ name: UnsafePointer<CChar>) -> Int
}
