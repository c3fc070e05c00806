import CLinux
import Glibc
import Linux

/// What the calling thread may do to files. Other threads keep their rights.
package enum ThreadRights {
  /// The number of `nobody`, a user that owns no files.
  private static let nobody: UInt32 = 65534

  /// Takes the right to open files from the calling thread for good, except for reading below `directory`. Uses
  /// Landlock, or else changes the user of the thread. Throws why neither was possible.
  ///
  /// - Parameter directory: a directory that the thread still has to read, such as `/proc`.
  package static func dropFiles(except directory: String) throws(ThreadRightsFailure) {
    let landlock: Errno
    do throws(Errno) {
      try Syscall.check { Int(CLinux_restrict_files(directory)) }
      return
    } catch {
      landlock = error
    }
    do throws(Errno) {
      try Syscall.check { Int(CLinux_become_user(nobody)) }
    } catch {
      throw ThreadRightsFailure(landlock: landlock, user: error)
    }
  }
}

/// The reason why a thread keeps the rights of root to files.
package struct ThreadRightsFailure: Error, CustomStringConvertible {
  let landlock: Errno
  let user: Errno

  package var description: String { "Landlock: \(landlock); another user: \(user)" }
}
