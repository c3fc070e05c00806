import CLinux
import Glibc
package import Reconcile

extension Errno: CustomStringConvertible {
  /// The constant's name, such as `EROFS`.
  package var name: String { CLinux_error_name(rawValue).map { String(cString: $0) } ?? "errno \(rawValue)" }

  /// The meaning of the number in lower case, such as `read-only file system`.
  package var words: String { Self.table[rawValue] ?? "unknown error" }

  /// `read-only file system (EROFS)`.
  package var description: String { "\(words) (\(name))" }

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
    case EACCES: "run the agent as root and look for a denial of the security module in the audit log"
    case EPERM: "run the agent as root with CAP_DAC_OVERRIDE, CAP_CHOWN and CAP_FOWNER"
    case EIO: "check the disk and the kernel log"
    case EMFILE: "raise the agent's limit of open files (LimitNOFILE=)"
    case ENFILE: "raise fs.file-max"
    case ELOOP: "remove the loop of symbolic links"
    case ESTALE: "mount the network file system again"
    default: nil
    }
  }

  // strerror speaks the locale's language and begins with a capital.
  private static let table: [Int32: String] = [
    EPERM: "operation not permitted",
    ENOENT: "no such file or directory",
    EINTR: "interrupted system call",
    EIO: "input/output error",
    ENXIO: "no such device or address",
    E2BIG: "argument list too long",
    ENOEXEC: "wrong format for this kernel",
    EBADF: "bad file descriptor",
    EAGAIN: "resource temporarily unavailable",
    ENOMEM: "out of memory",
    EACCES: "permission denied",
    EFAULT: "bad address",
    EBUSY: "device or resource busy",
    EEXIST: "it exists already",
    EXDEV: "on another file system",
    ENODEV: "no such device",
    ENOTDIR: "not a directory",
    EISDIR: "it is a directory",
    EINVAL: "invalid argument",
    ENFILE: "too many open files in the system",
    EMFILE: "too many open files",
    ETXTBSY: "text file busy",
    EFBIG: "file too large",
    ENOSPC: "no space left on the device",
    ESPIPE: "illegal seek",
    EROFS: "read-only file system",
    EMLINK: "too many links",
    EPIPE: "broken pipe",
    ERANGE: "result too large",
    ENAMETOOLONG: "file name too long",
    ENOSYS: "not implemented by this kernel",
    ENOTEMPTY: "directory not empty",
    ELOOP: "too many levels of symbolic links",
    ENODATA: "no data available",
    EPROTO: "protocol error",
    EBADMSG: "bad message",
    EOVERFLOW: "value too large",
    EILSEQ: "invalid byte sequence",
    ENOTSOCK: "not a socket",
    EMSGSIZE: "message too long",
    EPROTOTYPE: "wrong protocol type for the socket",
    ENOPROTOOPT: "protocol option not available",
    EPROTONOSUPPORT: "protocol not supported",
    ESOCKTNOSUPPORT: "socket type not supported",
    EOPNOTSUPP: "operation not supported",
    EPFNOSUPPORT: "protocol family not supported",
    EAFNOSUPPORT: "address family not supported",
    EADDRINUSE: "address already in use",
    EADDRNOTAVAIL: "address not available on this host",
    ENETDOWN: "network is down",
    ENETUNREACH: "network is unreachable",
    ENETRESET: "connection dropped by the network",
    ECONNABORTED: "connection aborted",
    ECONNRESET: "connection reset by the peer",
    ENOBUFS: "no buffer space available",
    EISCONN: "already connected",
    ENOTCONN: "not connected",
    ESHUTDOWN: "the socket is shut down",
    ETIMEDOUT: "timed out",
    ECONNREFUSED: "connection refused",
    EHOSTDOWN: "host is down",
    EHOSTUNREACH: "no route to the host",
    EALREADY: "operation already in progress",
    EINPROGRESS: "operation in progress",
    ESTALE: "stale file handle",
    EUCLEAN: "the file system needs cleaning",
    EREMOTEIO: "remote input/output error",
    EDQUOT: "disk quota exceeded",
    ENOKEY: "required key not available",
    EKEYEXPIRED: "key has expired",
    EKEYREVOKED: "key has been revoked",
    EKEYREJECTED: "key was rejected",
  ]
}
