import Glibc
import Linux
import LinuxNode
import Reconcile

/// Standard input, output and error as descriptors.
enum StandardStreams {
  /// Makes sure that the process owns its descriptors 0 to 2 and is not killed for a write to them.
  ///
  /// A parent may have closed them. The next opened file would then get their numbers, and the log would be written to
  /// it. If a reader goes away or the file size is limited, the write fails with EPIPE or EFBIG.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // open(2) returns the lowest free number, which is this one.
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// Prints a result that contains its own newlines. Exits with `status` if it cannot be written.
  static func print(text: String, orExit status: Int32 = 1) { write(Array(text.utf8), orExit: status) }

  /// Prints a line of a result.
  static func print(_ line: String, orExit status: Int32 = 1) {
    write(Array(line.utf8) + [UInt8(ascii: "\n")], orExit: status)
  }

  /// Prints the bytes of a result. It is not an error if the reader has gone away. Any other failure is reported,
  /// because the result is incomplete.
  static func write(_ result: [UInt8], orExit status: Int32 = 1) {
    do throws(Errno) {
      try Syscall.write(result, to: STDOUT_FILENO)
    } catch {
      guard error.rawValue != EPIPE else { return }
      printError("failed to write the result to standard output: \(error)")
      exit(status)
    }
  }

  /// Prints the line of an error or of a progress note. It is made printable, because names of files may contain any
  /// bytes.
  static func printError(_ line: String) { printError(part: line.printable + "\n") }

  /// Prints a part of a line on standard error. A failure is ignored, because there is no place to report it.
  static func printError(part: String) { try? Syscall.write(part.utf8, to: STDERR_FILENO) }
}
