import Glibc
import MachineIntent

extension stat {
  var format: UInt32 { st_mode & S_IFMT }
  var isRegular: Bool { format == S_IFREG }
  var isDirectory: Bool { format == S_IFDIR }
  var isSymlink: Bool { format == S_IFLNK }
  var mode: FileMode { FileMode(st_mode) }

  /// Whether everybody may open what is in this directory, as far as that depends on it.
  var isSearchable: Bool { st_mode & 0o001 != 0 }

  /// `/dev/null`, which reads as an empty file: character device 1:3 (`devices.txt` of the kernel).
  var isNullDevice: Bool { format == S_IFCHR && st_rdev == 0x103 }
}
