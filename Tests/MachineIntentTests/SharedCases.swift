import Glibc

@testable import MachineIntent

/// The conformance cases that lie beside the repository, where they do.
enum SharedCases {
  /// nil where the folder is absent; says so once a set.
  static func folder(_ set: String) -> String? {
    let root =
      getenv("SCTP_AGENT_SHARED").map { String(cString: $0) }
      ?? #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/shared"
    let folder = "\(root)/cases/\(set)"
    guard access(folder, R_OK) == 0 else {
      print("\(set): skipped, there is no \(folder)")
      return nil
    }
    return folder
  }

  static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }

  static func json(_ path: String) throws -> ConfigNode {
    try node(bytes(path), path)
  }

  static func node(_ bytes: [UInt8], _ name: String = "json") throws -> ConfigNode {
    var limits = IntentLimits()
    limits.nodes = 5_000_000
    let tree = try JSONScan.tree(of: bytes, TreeOrigin(source: name), limits: limits)
    return tree.documents[0]
  }
}
