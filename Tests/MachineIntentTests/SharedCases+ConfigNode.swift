import NodeTesting

@testable import MachineIntent

extension SharedCases {
  /// A JSON file of the set as a tree.
  func json(_ name: String) throws -> ConfigNode { try Self.node(contents(of: name), name) }

  static func node(_ bytes: [UInt8], _ name: String = "json") throws -> ConfigNode {
    var limits = IntentLimits()
    limits.nodes = 5_000_000
    return try JSONScan.tree(of: bytes, TreeOrigin(source: name), limits: limits).documents[0]
  }
}
