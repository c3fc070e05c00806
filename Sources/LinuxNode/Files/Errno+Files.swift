import Glibc
package import Linux
package import Reconcile

extension Errno {
  /// The reason that a failed file operation gives to conditions.
  package var fileReason: Condition.Reason {
    switch rawValue {
    case EROFS: .readOnly
    case ENOSPC, EDQUOT: .noSpace
    case EACCES, EPERM: .permissionDenied
    case ENOENT: .notFound
    case EISDIR: .isDirectory
    case ENOTDIR: .notDirectory
    case EFBIG, EOVERFLOW: .tooLarge
    case EIO: .inputOutput
    case EMFILE, ENFILE: .tooManyOpenFiles
    default: .fileFailure
    }
  }

  /// What to do about a failed file operation; nil if there is no general remedy.
  var fileRemedy: String? {
    switch rawValue {
    case EROFS: "mount it read-write for the agent (ReadWritePaths= of the unit, or the pod's volume)"
    case ENOSPC: "free blocks or inodes on that file system"
    case EDQUOT: "raise the quota or remove files"
    case EACCES: "run it as root; if it does run as root, look for a denial of the security module in the audit log"
    case EPERM: "run the agent as root with CAP_DAC_OVERRIDE, CAP_CHOWN and CAP_FOWNER"
    case EIO: "check the disk and the kernel log"
    case EMFILE: "raise the agent's limit of open files (LimitNOFILE=)"
    case ENFILE: "raise fs.file-max"
    case ELOOP: "remove the loop of symbolic links"
    case ESTALE: "mount the network file system again"
    default: nil
    }
  }
}
