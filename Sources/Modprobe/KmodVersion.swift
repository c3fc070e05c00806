/// A version of kmod, such as 30: the rules for modprobe.d and the kernel command line differ between 28 and 34.
package struct KmodVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: Int

  /// The newest version whose rules are known. It is also used for newer and for unknown versions.
  package static let newest = KmodVersion(34)

  private static let libraryPrefix = "libkmod.so.2."

  package init(_ number: Int) { self.number = number }

  /// Takes the version from the name of libkmod's file, such as `libkmod.so.2.4.0`; returns nil for other names.
  ///
  /// Source: `LIBKMOD_AGE` and `LIBKMOD_REVISION` in kmod's build files. A name after the newest known one belongs to a
  /// newer version.
  package init?(libraryName name: String) {
    guard name.hasPrefix(Self.libraryPrefix) else { return nil }
    let parts = name.dropFirst(Self.libraryPrefix.count).split(separator: ".").map { Int($0) }
    guard parts.count == 2, let age = parts[0], let revision = parts[1] else { return nil }
    switch (age, revision) {
    case (..<3, _): number = 25
    case (3, ..<7): number = 22 + revision
    case (3, _): number = 29
    case (4, 0...2): number = 30 + revision
    case (4, _): number = 32
    case (5, 0): number = 33
    default: number = Self.newest.number
    }
  }

  /// Finds the version of the libkmod that a process has loaded; returns nil if it has none, or one of an unusual name.
  ///
  /// - Parameter mappings: its `/proc/PID/maps`, see proc(5). A file that was removed since is marked at the end.
  package init?(mappings: [UInt8]) {
    for line in mappings.split(separator: UInt8(ascii: "\n")) {
      guard let slash = line.lastIndex(of: UInt8(ascii: "/")) else { continue }
      let name = line[line.index(after: slash)...].prefix { $0 != UInt8(ascii: " ") }
      guard name.starts(with: Self.libraryPrefix.utf8) else { continue }
      if let found = Self(libraryName: String(decoding: name, as: UTF8.self)) {
        self = found
        return
      }
    }
    return nil
  }

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  package var description: String { "\(number)" }

  /// Whether it reads `*.alias` in modprobe.d: until 32.
  var readsAliasFiles: Bool { number <= 32 }
  /// Whether a dangling link hides the files of its name in directories of lower precedence: until 33.
  var danglingLinksHide: Bool { number <= 33 }
  /// Whether a backslash that ends a file becomes the byte 0xFF, since `EOF` is stored in a `char`: until 33.
  var keepsFinalBackslash: Bool { number <= 33 }
  /// Whether it knows `weakdep` lines and the tree's `modules.weakdep`: since 33.
  package var knowsWeakdeps: Bool { number >= 33 }
  /// Whether it hands a compressed module to a kernel that decompresses it: since 31.
  package var letsKernelDecompress: Bool { number >= 31 }
  /// Whether its parser of the kernel command line knows parameters that are quoted as a whole, ignores a second dot in
  /// a name, and splits at tabs: since 29.
  var splitsCommandLineByState: Bool { number >= 29 }

  /// Whether it reads this directory, one of `DropInSearchPath.modprobe`.
  ///
  /// - Parameters:
  ///   - directory: the search path entry that is judged.
  ///   - isUsrMerged: whether `/lib` leads to `/usr/lib`, which every version reads under one of the two names.
  package func reads(_ directory: String, isUsrMerged: Bool) -> Bool {
    switch directory {
    case "/usr/local/lib/modprobe.d": number >= 29
    case "/usr/lib/modprobe.d": number >= 32 || isUsrMerged
    default: true
    }
  }
}
