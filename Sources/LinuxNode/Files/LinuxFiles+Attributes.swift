import Glibc
import Linux
import Reconcile

/// Extended attributes and POSIX ACLs: xattr(7), acl(5).
extension LinuxFiles {
  /// XATTR_LIST_MAX and XATTR_SIZE_MAX of the kernel.
  private static let sizeLimit = 64 * 1024
  /// Attributes that are not copied: the label has its own way, the kernel computes `security.evm` itself, and XFS
  /// shows its ACLs a second time in another form.
  private static let excluded: Set = [
    "security.selinux", "security.evm", "trusted.SGI_ACL_FILE", "trusted.SGI_ACL_DEFAULT",
  ]

  /// Returns the attributes of an open file that may be kept. `trusted.` attributes are seen only with CAP_SYS_ADMIN.
  func attributes(of file: Int32) throws(Errno) -> FileAttributes {
    var attributes = FileAttributes()
    do throws(Errno) {
      let list = try Syscall.bytes(upTo: Self.sizeLimit) { calls.flistxattr(file, $0) }
      for bytes in list.split(separator: 0) {
        guard let name = String(validating: bytes, as: UTF8.self) else { throw Errno(EILSEQ) }
        guard !Self.excluded.contains(name) else { continue }
        do throws(Errno) {
          attributes.values[name] = try Syscall.bytes(upTo: Self.sizeLimit) { calls.fgetxattr(file, name, $0) }
        } catch {
          // The attribute has just been removed.
          guard error.rawValue == ENODATA else { throw error }
        }
      }
    } catch {
      // The file system has no attributes.
      guard error.rawValue == EOPNOTSUPP else { throw error }
    }
    return attributes
  }

  /// Removes the ACL that a new file inherits from its directory, because it could allow more than the mode.
  func removeInheritedACL(of file: Int32) throws(Errno) {
    do throws(Errno) {
      try Syscall.check { calls.fremovexattr(file, FileAttributes.accessList) }
    } catch {
      guard [ENODATA, EOPNOTSUPP].contains(error.rawValue) else { throw error }
    }
  }

  /// Sets the attributes, after owner and mode: a change of these clears capabilities and is part of an ACL.
  func set(_ attributes: FileAttributes, of file: Int32, at path: String, _ refusal: inout FileFailure?) throws(Errno) {
    for (name, value) in attributes.values.sorted(by: { $0.key < $1.key }) {
      do throws(Errno) {
        try Syscall.check { value.withUnsafeBytes { calls.fsetxattr(file, name, $0) } }
      } catch {
        refusal = FileFailure(
          .write, path, errno: error.rawValue, reason: error.fileReason,
          message: "its extended attribute '\(name)' cannot be kept: \(error); give the agent the right to set it, or "
            + "remove it: setfattr -x \(name) '\(path)'")
        throw error
      }
    }
  }
}
