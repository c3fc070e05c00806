import CLinux
import Glibc

/// The terminal on standard output.
package enum Terminal {
  /// Its width; nil if standard output is not a terminal, or if the width is not known: tty_ioctl(4), TIOCGWINSZ.
  package static var columns: Int? {
    let columns = Int(CLinux_terminal_columns(STDOUT_FILENO))
    return columns > 0 ? columns : nil
  }
}
