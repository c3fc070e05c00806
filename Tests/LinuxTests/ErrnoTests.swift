import Glibc
import Testing

@testable import Linux

@Suite struct ErrnoTests {
  @Test(arguments: [
    (EROFS, "read-only file system (EROFS)"), (ENOSPC, "no space left on device (ENOSPC)"),
    (EDQUOT, "disk quota exceeded (EDQUOT)"), (EACCES, "permission denied (EACCES)"),
    (EPERM, "operation not permitted (EPERM)"), (ENOENT, "no such file or directory (ENOENT)"),
    (EISDIR, "is a directory (EISDIR)"), (ENOTDIR, "not a directory (ENOTDIR)"), (EFBIG, "file too large (EFBIG)"),
    (EIO, "input/output error (EIO)"), (EMFILE, "too many open files (EMFILE)"),
    (ENFILE, "too many open files in system (ENFILE)"), (ELOOP, "too many levels of symbolic links (ELOOP)"),
    (ENOMSG, "no message of desired type (ENOMSG)"), (EDOTDOT, "RFS specific error (EDOTDOT)"),
    (4000, "unknown error (errno 4000)"),
  ])
  func `a number has words and a name`(errno: Int32, description: String) {
    #expect(Errno(errno).description == description)
  }
}
