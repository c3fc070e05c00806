/// The extended attributes of a file, POSIX ACLs among them, by their whole names: xattr(7).
///
/// The SELinux label is kept apart, and what the kernel computes itself (`security.evm`) is left out.
package struct FileAttributes: Hashable, Sendable {
  /// The attribute that holds the access ACL: acl(5).
  package static let accessList = "system.posix_acl_access"

  package var values: [String: [UInt8]]

  package init(_ values: [String: [UInt8]] = .init()) { self.values = values }

  package var isEmpty: Bool { values.isEmpty }
}
