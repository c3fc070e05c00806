import CLinux

/// The arguments of this process.
package enum ProcessArguments {
  /// The arguments as `main` got them, without the program's name. Unlike `CommandLine.arguments`, they need no procfs.
  package static var all: [String] {
    (1..<max(1, Int(CLinux_argument_count()))).compactMap { index in
      CLinux_argument(Int32(index)).map { String(cString: $0) }
    }
  }
}
