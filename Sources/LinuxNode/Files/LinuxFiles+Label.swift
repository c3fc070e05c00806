import Glibc
import Linux
import NodeAgent
import Reconcile

/// SELinux labels: selinux(8), xattr(7).
extension LinuxFiles {
  static let attribute = "security.selinux"

  /// Returns the label for the file: the one that the write names, else that of the regular file that it replaces, else
  /// its directory's. The policy's transitions have no effect. Returns nil if this system has no labels.
  func label(
    for file: FileWrite, over expected: ExpectedEntry, in directory: borrowing TargetDirectory
  ) throws(Errno) -> [UInt8]? {
    if let label = file.label { return Array(label.utf8) }
    switch expected {
    case .exactly(let entry):
      if let label = entry?.label { return Array(label.utf8) }
    case .anything:
      let (name, descriptor) = (directory.name, directory.descriptor)
      let found = try Syscall.ifThere { () throws(Errno) -> [UInt8]? in
        guard try root.status(of: name, in: descriptor)?.isRegular == true else { return nil }
        let open = try OpenFile(calls, in: descriptor, name.bytes, Self.readFlags)
        return try label(of: open.descriptor)
      }
      if let label = found.flatMap(\.self) { return label }
    }
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

  func label(of file: Int32) throws(Errno) -> [UInt8]? {
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
