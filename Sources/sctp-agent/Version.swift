import CVersion
import StatusServer

/// The version of this binary.
enum Version {
  static let number = "0.2.0"
  /// The commit that it was built from; `unknown` outside a git checkout.
  static let commit = String(cString: CVersion_commit())

  #if compiler(>=6.3)
    static let swift = "6.3"
  #else
    static let swift = "6.2"
  #endif

  static var build: BuildVersion { BuildVersion(version: number, commit: commit, swift: swift) }

  static var text: String { "sctp-agent \(number) (\(commit), Swift \(swift))" }
}
