import Glibc
import Linux
import Reconcile

/// SELinux labels: selinux(8), xattr(7).
extension LinuxFiles {
  static let attribute = "security.selinux"

  /// Returns the label, or nil if there is none, and the other attributes of a regular file. Returns neither for
  /// anything else. Throws ENOENT if the file is gone.
  func security(
    of name: PathComponent, in directory: Int32, _ status: stat
  ) throws(Errno) -> (label: [UInt8]?, FileAttributes) {
    guard status.isRegular else { return (nil, FileAttributes()) }
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let open = try OpenFile(calls, in: directory, name.bytes, flags)
    return (try label(of: open.descriptor), try attributes(of: open.descriptor))
  }

  /// Returns nil if it is not a regular file, or if this system has no labels. Throws ENOENT if it is gone.
  func label(of name: PathComponent, in directory: Int32, _ status: stat?) throws(Errno) -> [UInt8]? {
    guard status?.isRegular == true else { return nil }
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let open = try OpenFile(calls, in: directory, name.bytes, flags)
    return try label(of: open.descriptor)
  }

  /// Returns the label for the file: the one that the write names, else that of the regular file that it replaces, else
  /// its directory's. The policy's transitions have no effect. Returns nil if this system has no labels.
  func label(for file: FileWrite, in directory: borrowing TargetDirectory) throws(Errno) -> [UInt8]? {
    if let label = file.label { return Array(label.utf8) }
    let replaced = try root.status(of: directory.name, in: directory.descriptor)
    let (name, descriptor) = (directory.name, directory.descriptor)
    let found = try Syscall.ifThere { () throws(Errno) in try label(of: name, in: descriptor, replaced) }
    if let label = found.flatMap(\.self) { return label }
    return try label(of: directory.descriptor)
  }

  /// Sets the label, unless the file has it already, because setting it needs a right that a confined agent may lack.
  func setLabel(of file: Int32, to label: [UInt8]) throws(Errno) {
    guard try Self.text(self.label(of: file)) != Self.text(label) else { return }
    do throws(Errno) {
      try Syscall.check { label.withUnsafeBytes { calls.fsetxattr(file, Self.attribute, $0) } }
    } catch {
      guard error.rawValue == EOPNOTSUPP else { throw error }
    }
  }

  private func label(of file: Int32) throws(Errno) -> [UInt8]? {
    do throws(Errno) {
      return try Syscall.bytes(upTo: 4096) { calls.fgetxattr(file, Self.attribute, $0) }
    } catch {
      guard [ENODATA, EOPNOTSUPP].contains(error.rawValue) else { throw error }
      return nil
    }
  }

  /// The kernel ends a label with NUL.
  private static func text(_ label: [UInt8]?) -> ArraySlice<UInt8>? { label?.prefix { $0 != 0 } }
}
