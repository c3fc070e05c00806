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
}
