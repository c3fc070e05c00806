import Glibc
import LinuxNode
import Reconcile
import Testing

@Suite struct ErrnoTests {
  struct Row: Sendable {
    let errno: Int32
    let description: String
    let token: String
  }

  @Test(arguments: [
    Row(errno: EROFS, description: "read-only file system (EROFS)", token: "ReadOnly"),
    Row(errno: ENOSPC, description: "no space left on the device (ENOSPC)", token: "NoSpace"),
    Row(errno: EDQUOT, description: "disk quota exceeded (EDQUOT)", token: "NoSpace"),
    Row(errno: EACCES, description: "permission denied (EACCES)", token: "PermissionDenied"),
    Row(errno: EPERM, description: "operation not permitted (EPERM)", token: "PermissionDenied"),
    Row(errno: ENOENT, description: "no such file or directory (ENOENT)", token: "NotFound"),
    Row(errno: EISDIR, description: "it is a directory (EISDIR)", token: "IsDirectory"),
    Row(errno: ENOTDIR, description: "not a directory (ENOTDIR)", token: "NotDirectory"),
    Row(errno: EFBIG, description: "file too large (EFBIG)", token: "TooLarge"),
    Row(errno: EIO, description: "input/output error (EIO)", token: "InputOutput"),
    Row(errno: EMFILE, description: "too many open files (EMFILE)", token: "TooManyOpenFiles"),
    Row(errno: ENFILE, description: "too many open files in the system (ENFILE)", token: "TooManyOpenFiles"),
    Row(errno: ELOOP, description: "too many levels of symbolic links (ELOOP)", token: "FileFailure"),
    Row(errno: ENOMSG, description: "unknown error (ENOMSG)", token: "FileFailure"),
    Row(errno: 4000, description: "unknown error (errno 4000)", token: "FileFailure"),
  ])
  func aNumberHasWordsANameAndAToken(_ row: Row) {
    #expect(Errno(row.errno).description == row.description)
    #expect(Errno(row.errno).fileToken == row.token)
  }
}
