import Glibc
import Linux
import LinuxNode
import Reconcile
import Testing

@Suite struct ErrnoTests {
  @Test(arguments: [
    (EROFS, Condition.Reason.readOnly), (ENOSPC, .noSpace), (EDQUOT, .noSpace), (EACCES, .permissionDenied),
    (EPERM, .permissionDenied), (ENOENT, .notFound), (EISDIR, .isDirectory), (ENOTDIR, .notDirectory),
    (EFBIG, .tooLarge), (EIO, .inputOutput), (EMFILE, .tooManyOpenFiles), (ENFILE, .tooManyOpenFiles),
    (ELOOP, .fileFailure), (ENOMSG, .fileFailure), (4000, .fileFailure),
  ])
  func `a failed file operation has the reason of its errno`(errno: Int32, reason: Condition.Reason) {
    #expect(Errno(errno).fileReason == reason)
  }
}
