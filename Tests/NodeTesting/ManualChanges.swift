package import MachineIntent

/// What people and other programs do to a node's files behind the agent's back.
package protocol ManualChanges: Sendable {
  func plant(_ path: String, _ contents: [UInt8], mode: FileMode)
  func plantDirectory(_ path: String)
  func plantLink(_ path: String, to target: String)
  func plantFIFO(_ path: String)
  /// Takes away whatever is there, with all below it.
  func takeAway(_ path: String)
}

extension ManualChanges {
  package func plant(_ path: String, _ text: String, mode: FileMode = FileMode(0o644)) {
    plant(path, Array(text.utf8), mode: mode)
  }
}
