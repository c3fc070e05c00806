/// What the agent reads of an Ignition config.
struct IgnitionConfig {
  /// A link or a directory.
  struct Node {
    let path: String
    let at: SourceLocation
  }

  var version: IgnitionVersion
  var versionAt: SourceLocation
  var files: [IgnitionFile] = []
  var links: [Node] = []
  var directories: [Node] = []
  /// `kernelArguments.shouldExist` (from spec 3.3), which the operator adds to a MachineConfig's own.
  var kernelArguments: [(text: String, at: SourceLocation)] = []
}
