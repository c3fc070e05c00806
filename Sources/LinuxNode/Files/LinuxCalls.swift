import CLinux
package import Glibc
import Linux

/// The running kernel.
package struct LinuxCalls: FileSystemCalls {
  package init() {}

  package func openat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ flags: Int32, _ mode: UInt32) -> Int {
    Syscall.raw(Glibc.openat(directory, name, flags, mode))
  }

  package func openInRoot(_ root: Int32, _ path: UnsafePointer<CChar>, _ flags: Int32) -> Int {
    Int(CLinux_open_in_root(root, path, flags))
  }

  package func close(_ file: Int32) -> Int { Syscall.raw(Glibc.close(file)) }

  package func fstat(_ file: Int32, _ status: inout stat) -> Int { Syscall.raw(Glibc.fstat(file, &status)) }

  package func fstatat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ status: inout stat) -> Int {
    Syscall.raw(Glibc.fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW))
  }

  package func readlinkat(
    _ directory: Int32, _ name: UnsafePointer<CChar>, _ buffer: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard let base = buffer.baseAddress else { return -Int(EINVAL) }
    return Syscall.raw(Glibc.readlinkat(directory, name, base, buffer.count))
  }

  package func getdents64(_ directory: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    Int(CLinux_getdents64(directory, buffer.baseAddress, buffer.count))
  }

  package func read(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    Syscall.raw(Glibc.read(file, buffer.baseAddress, buffer.count))
  }

  package func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    Syscall.raw(Glibc.write(file, bytes.baseAddress, bytes.count))
  }

  package func ftruncate(_ file: Int32, _ size: Int) -> Int { Syscall.raw(Glibc.ftruncate(file, size)) }

  package func fchown(_ file: Int32, _ user: UInt32, _ group: UInt32) -> Int {
    Syscall.raw(Glibc.fchown(file, user, group))
  }

  package func fchmod(_ file: Int32, _ mode: UInt32) -> Int { Syscall.raw(Glibc.fchmod(file, mode)) }

  package func fgetxattr(
    _ file: Int32, _ name: UnsafePointer<CChar>, _ buffer: UnsafeMutableRawBufferPointer
  ) -> Int {
    Syscall.raw(CLinux.fgetxattr(file, name, buffer.baseAddress, buffer.count))
  }

  package func fsetxattr(_ file: Int32, _ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) -> Int {
    Syscall.raw(CLinux.fsetxattr(file, name, value.baseAddress, value.count, 0))
  }

  package func flistxattr(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    Syscall.raw(CLinux.flistxattr(file, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count))
  }

  package func fremovexattr(_ file: Int32, _ name: UnsafePointer<CChar>) -> Int {
    Syscall.raw(CLinux.fremovexattr(file, name))
  }

  package func inodeFlags(_ file: Int32, _ flags: inout UInt32) -> Int { Int(CLinux_inode_flags(file, &flags)) }

  package func fsync(_ file: Int32) -> Int { Syscall.raw(Glibc.fsync(file)) }

  package func lock(_ file: Int32) -> Int { Int(CLinux_lock(file)) }

  package func renameat(_ directory: Int32, _ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int {
    Syscall.raw(Glibc.renameat(directory, from, directory, to))
  }

  package func exchange(_ directory: Int32, _ first: UnsafePointer<CChar>, _ second: UnsafePointer<CChar>) -> Int {
    Int(CLinux_rename(directory, first, second, CLinux_RENAME_EXCHANGE))
  }

  package func renameToFree(_ directory: Int32, _ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int {
    Int(CLinux_rename(directory, from, to, CLinux_RENAME_NOREPLACE))
  }

  package func unlinkat(_ directory: Int32, _ name: UnsafePointer<CChar>) -> Int {
    Syscall.raw(Glibc.unlinkat(directory, name, 0))
  }

  package func rmdirat(_ directory: Int32, _ name: UnsafePointer<CChar>) -> Int {
    Syscall.raw(Glibc.unlinkat(directory, name, AT_REMOVEDIR))
  }

  package func mkdirat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ mode: UInt32) -> Int {
    Syscall.raw(Glibc.mkdirat(directory, name, mode))
  }

  package func symlinkat(_ target: UnsafePointer<CChar>, _ directory: Int32, _ name: UnsafePointer<CChar>) -> Int {
    Syscall.raw(Glibc.symlinkat(target, directory, name))
  }
}
