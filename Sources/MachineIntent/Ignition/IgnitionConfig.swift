/// What the agent reads of an Ignition config.
struct IgnitionConfig {
  /// A link or a directory.
  struct Node {
    let path: String
    let at: SourceLocation
  }

  /// A file that is not below the root, and why.
  struct Elsewhere {
    let path: String
    let reason: String
    let at: SourceLocation
  }

  var version: IgnitionVersion
  var files: [IgnitionFile] = []
  /// Of file systems other than the root.
  var elsewhere: [Elsewhere] = []
  var links: [Node] = []
  var directories: [Node] = []
  /// `kernelArguments.shouldExist` (from spec 3.3), which come on top of a MachineConfig's own.
  var kernelArguments: [(text: String, at: SourceLocation)] = []
}
