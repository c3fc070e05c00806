import Glibc

extension Errno: CustomStringConvertible {
  /// The constant's name, such as `EROFS`.
  package var name: String { Self.table[rawValue]?.name ?? "errno \(rawValue)" }

  /// What the number says, in lower case, such as `read-only file system`.
  package var words: String { Self.table[rawValue]?.words ?? "unknown error" }

  /// `read-only file system (EROFS)`.
  package var description: String { "\(words) (\(name))" }

  /// The stable token of a failed file operation; see `FileFailure.token`.
  package var fileToken: String {
    switch rawValue {
    case EROFS: "ReadOnly"
    case ENOSPC, EDQUOT: "NoSpace"
    case EACCES, EPERM: "PermissionDenied"
    case ENOENT: "NotFound"
    case EISDIR: "IsDirectory"
    case ENOTDIR: "NotDirectory"
    case EFBIG, EOVERFLOW: "TooLarge"
    case EIO: "InputOutput"
    case EMFILE, ENFILE: "TooManyOpenFiles"
    default: "FileFailure"
    }
  }

  /// What to do about a failed file operation; nil where nothing general helps.
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

  // glibc's strerror speaks the locale's language, starts with a capital and gives no name.
  private static let table: [Int32: (name: String, words: String)] = [
    EPERM: ("EPERM", "operation not permitted"),
    ENOENT: ("ENOENT", "no such file or directory"),
    EINTR: ("EINTR", "interrupted system call"),
    EIO: ("EIO", "input/output error"),
    ENXIO: ("ENXIO", "no such device or address"),
    E2BIG: ("E2BIG", "argument list too long"),
    ENOEXEC: ("ENOEXEC", "wrong format for this kernel"),
    EBADF: ("EBADF", "bad file descriptor"),
    EAGAIN: ("EAGAIN", "resource temporarily unavailable"),
    ENOMEM: ("ENOMEM", "out of memory"),
    EACCES: ("EACCES", "permission denied"),
    EFAULT: ("EFAULT", "bad address"),
    EBUSY: ("EBUSY", "device or resource busy"),
    EEXIST: ("EEXIST", "it exists already"),
    EXDEV: ("EXDEV", "on another file system"),
    ENODEV: ("ENODEV", "no such device"),
    ENOTDIR: ("ENOTDIR", "not a directory"),
    EISDIR: ("EISDIR", "it is a directory"),
    EINVAL: ("EINVAL", "invalid argument"),
    ENFILE: ("ENFILE", "too many open files in the system"),
    EMFILE: ("EMFILE", "too many open files"),
    ETXTBSY: ("ETXTBSY", "text file busy"),
    EFBIG: ("EFBIG", "file too large"),
    ENOSPC: ("ENOSPC", "no space left on the device"),
    ESPIPE: ("ESPIPE", "illegal seek"),
    EROFS: ("EROFS", "read-only file system"),
    EMLINK: ("EMLINK", "too many links"),
    EPIPE: ("EPIPE", "broken pipe"),
    ERANGE: ("ERANGE", "result too large"),
    ENAMETOOLONG: ("ENAMETOOLONG", "file name too long"),
    ENOSYS: ("ENOSYS", "not implemented by this kernel"),
    ENOTEMPTY: ("ENOTEMPTY", "directory not empty"),
    ELOOP: ("ELOOP", "too many levels of symbolic links"),
    ENODATA: ("ENODATA", "no data available"),
    EPROTO: ("EPROTO", "protocol error"),
    EBADMSG: ("EBADMSG", "bad message"),
    EOVERFLOW: ("EOVERFLOW", "value too large"),
    EILSEQ: ("EILSEQ", "invalid byte sequence"),
    ENOTSOCK: ("ENOTSOCK", "not a socket"),
    EMSGSIZE: ("EMSGSIZE", "message too long"),
    EPROTOTYPE: ("EPROTOTYPE", "wrong protocol type for the socket"),
    ENOPROTOOPT: ("ENOPROTOOPT", "protocol option not available"),
    EPROTONOSUPPORT: ("EPROTONOSUPPORT", "protocol not supported"),
    ESOCKTNOSUPPORT: ("ESOCKTNOSUPPORT", "socket type not supported"),
    EOPNOTSUPP: ("EOPNOTSUPP", "operation not supported"),
    EPFNOSUPPORT: ("EPFNOSUPPORT", "protocol family not supported"),
    EAFNOSUPPORT: ("EAFNOSUPPORT", "address family not supported"),
    EADDRINUSE: ("EADDRINUSE", "address already in use"),
    EADDRNOTAVAIL: ("EADDRNOTAVAIL", "address not available on this host"),
    ENETDOWN: ("ENETDOWN", "network is down"),
    ENETUNREACH: ("ENETUNREACH", "network is unreachable"),
    ENETRESET: ("ENETRESET", "connection dropped by the network"),
    ECONNABORTED: ("ECONNABORTED", "connection aborted"),
    ECONNRESET: ("ECONNRESET", "connection reset by the peer"),
    ENOBUFS: ("ENOBUFS", "no buffer space available"),
    EISCONN: ("EISCONN", "already connected"),
    ENOTCONN: ("ENOTCONN", "not connected"),
    ESHUTDOWN: ("ESHUTDOWN", "the socket is shut down"),
    ETIMEDOUT: ("ETIMEDOUT", "timed out"),
    ECONNREFUSED: ("ECONNREFUSED", "connection refused"),
    EHOSTDOWN: ("EHOSTDOWN", "host is down"),
    EHOSTUNREACH: ("EHOSTUNREACH", "no route to the host"),
    EALREADY: ("EALREADY", "operation already in progress"),
    EINPROGRESS: ("EINPROGRESS", "operation in progress"),
    ESTALE: ("ESTALE", "stale file handle"),
    EUCLEAN: ("EUCLEAN", "the file system needs cleaning"),
    EREMOTEIO: ("EREMOTEIO", "remote input/output error"),
    EDQUOT: ("EDQUOT", "disk quota exceeded"),
    ENOKEY: ("ENOKEY", "required key not available"),
    EKEYEXPIRED: ("EKEYEXPIRED", "key has expired"),
    EKEYREVOKED: ("EKEYREVOKED", "key has been revoked"),
    EKEYREJECTED: ("EKEYREJECTED", "key was rejected"),
  ]
}
