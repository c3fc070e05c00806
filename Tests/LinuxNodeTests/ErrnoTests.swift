import Glibc
import LinuxNode
import Reconcile
import Testing

@Suite struct ErrnoTests {
  struct Row: Sendable {
    let errno: Int32
    let description: String
    let reason: Condition.Reason
  }

  @Test(arguments: [
    Row(errno: EROFS, description: "read-only file system (EROFS)", reason: .readOnly),
    Row(errno: ENOSPC, description: "no space left on the device (ENOSPC)", reason: .noSpace),
    Row(errno: EDQUOT, description: "disk quota exceeded (EDQUOT)", reason: .noSpace),
    Row(errno: EACCES, description: "permission denied (EACCES)", reason: .permissionDenied),
    Row(errno: EPERM, description: "operation not permitted (EPERM)", reason: .permissionDenied),
    Row(errno: ENOENT, description: "no such file or directory (ENOENT)", reason: .notFound),
    Row(errno: EISDIR, description: "it is a directory (EISDIR)", reason: .isDirectory),
    Row(errno: ENOTDIR, description: "not a directory (ENOTDIR)", reason: .notDirectory),
    Row(errno: EFBIG, description: "file too large (EFBIG)", reason: .tooLarge),
    Row(errno: EIO, description: "input/output error (EIO)", reason: .inputOutput),
    Row(errno: EMFILE, description: "too many open files (EMFILE)", reason: .tooManyOpenFiles),
    Row(errno: ENFILE, description: "too many open files in the system (ENFILE)", reason: .tooManyOpenFiles),
    Row(errno: ELOOP, description: "too many levels of symbolic links (ELOOP)", reason: .fileFailure),
    Row(errno: ENOMSG, description: "unknown error (ENOMSG)", reason: .fileFailure),
    Row(errno: 4000, description: "unknown error (errno 4000)", reason: .fileFailure),
  ])
  func aNumberHasWordsANameAndAToken(_ row: Row) {
    #expect(Errno(row.errno).description == row.description)
    #expect(Errno(row.errno).fileReason == row.reason)
  }
}
