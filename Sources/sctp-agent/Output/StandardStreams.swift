import Glibc
import Linux
import LinuxNode
import Reconcile

/// Standard input, output and error as descriptors.
enum StandardStreams {
  /// Makes sure that the process owns its descriptors 0 to 2 and is not killed for a write to them.
  ///
  /// A parent may have closed them; the next file that is opened would take their place, and logs be written to it. A
  /// reader that goes away and a limit of the file size are errors of the write: EPIPE and EFBIG.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is this one.
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// A result that ends its own lines; exits with `status` where it cannot be written.
  static func print(text: String, orExit status: Int32 = 1) { write(Array(text.utf8), orExit: status) }

  /// A result's line.
  static func print(_ line: String, orExit status: Int32 = 1) {
    write(Array(line.utf8) + [UInt8(ascii: "\n")], orExit: status)
  }

  /// A result's bytes. A reader that has gone away wanted no more of them; whoever is left with half a result is told.
  static func write(_ result: [UInt8], orExit status: Int32 = 1) {
    do throws(Errno) {
      try Syscall.write(result, to: STDOUT_FILENO)
    } catch {
      guard error.rawValue != EPIPE else { return }
      printError("failed to write the result to standard output: \(error)")
      exit(status)
    }
  }

  /// An error's or a progress note's line; names of files may be anything.
  static func printError(_ line: String) { printError(part: line.printable + "\n") }

  /// Part of a line on standard error, where nobody can be told that it does not get there.
  static func printError(part: String) { try? Syscall.write(part.utf8, to: STDERR_FILENO) }
}
