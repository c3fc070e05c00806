import ArgumentParser
import Glibc
import Linux
import LinuxNode
import MachineIntent
import Modprobe
import NodeAgent
import Reconcile

/// The options that say where a node is.
struct PlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Prefix of every configuration, module-tree, state and runtime path.", valueName: "dir"),
    completion: .directory)
  var root = "/"

  @Option(
    help: ArgumentHelp("Mount point of the kernel's process file system.", valueName: "dir"), completion: .directory)
  var procfs = "/proc"

  @Option(
    help: ArgumentHelp("Mount point of the kernel's object file system.", valueName: "dir"), completion: .directory)
  var sysfs = "/sys"

  @Option(help: ArgumentHelp("Kernel release to judge (default: that of uname -r).", valueName: "release"))
  var kernelRelease: String?

  @Option(help: ArgumentHelp("Name of this node (default: $NODE_NAME, else the host name).", valueName: "name"))
  var nodeName: String?
}

/// What a node should be like.
struct IntentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File or directory of MachineConfigs; - is standard input. Repeatable. "
        + "Default: /etc/sctp-agent/intent.d if it holds anything, else the built-in intent.",
      valueName: "path"), completion: .file())
  var intent: [String] = []

  @Option(help: ArgumentHelp("Only MachineConfigs of this role. Repeatable. Default: all.", valueName: "role"))
  var role: [String] = []

  @Option(
    help: ArgumentHelp(
      "What may be changed besides the declared files, for wanted modules: declared, blacklist or all. "
        + "Default: \(UnblockPolicy.standard.rawValue). `explain` then judges the node as this policy would leave it.",
      valueName: "policy"))
  var unblock: UnblockPolicy?

  func validate() throws {
    if intent.filter({ $0 == "-" }).count > 1 { throw ValidationError("--intent - can be given only once") }
  }
}

/// A command that compares a node with its intent. It has the two groups itself: each group around others costs a start
/// hundreds of microseconds.
protocol NodeCommand: ParsableCommand {
  /// Where the node is.
  var place: PlaceOptions { get }
  /// What the node should be like.
  var declared: IntentOptions { get }
}

extension NodeCommand {
  var node: NodeOptions { NodeOptions(place: place, declared: declared) }
}

/// The options of every command that compares a node with its intent.
struct NodeOptions {
  let place: PlaceOptions
  let declared: IntentOptions
}

/// The options of a command that looks at a node, whatever its intent.
///
/// Every command that looks at a node takes the options of an intent. They have no effect here, and the help leaves them out.
struct IntentFreeOptions: ParsableArguments {
  @OptionGroup var place: PlaceOptions
  @OptionGroup(visibility: .hidden) var ignored: IntentOptions
}

extension UnblockPolicy: ExpressibleByArgument {
  static let standard = UnblockPolicy.blacklist
}

extension PlaceOptions {
  var node: String { nodeName ?? environmentValue("NODE_NAME") ?? hostName() }

  var release: String { kernelRelease ?? runningKernel() }

  /// Returns the ports to the real node. Throws if one of its three root directories does not exist.
  ///
  /// - Parameter changes: the events of the daemon's loop: SIGTERM ends a probe or a load, and the end of a long load
  ///   wakes the loop. Nil in a command that makes one pass.
  func access(changes: InotifyChanges? = nil) throws(FileFailure) -> NodePorts {
    let files = try directory(root, "--root")
    let modules = KmodModules(
      files: files, moduleDirectory: ModuleDirectory.of(release), configurationDirectories: DropInSearchPath.modprobe,
      patience: changes == nil ? .seconds(60) : .seconds(2), interruption: changes?.signalDescriptor,
      lateEnd: changes?.moduleEvents)
    // A container has a libkmod of its own. Elsewhere, what is below another root is judged as a node of its own.
    let hasOwnLibrary = RunMode.current == "container" && root != "/"
    return NodePorts(
      files: files, proc: try directory(procfs, "--procfs"), sys: try directory(sysfs, "--sysfs"),
      own: LinuxFiles(root: "/"), modules: modules,
      probe: SCTPProbe(interruption: changes?.signalDescriptor), kernelRelease: release,
      loader: hasOwnLibrary ? .agent(modules.version) : .node)
  }

  /// Throws if the directory should be the kernel's procfs and nothing is mounted there. Every fact would look absent.
  private func checkProcfs(_ path: String) throws(FileFailure) {
    guard path == "/proc", Glibc.access("/proc/self", F_OK) != 0 else { return }
    throw FileFailure(
      .list, path, errno: ENOENT, reason: .notFound,
      message: "procfs is not mounted there; mount it, or name it with --procfs")
  }

  private func directory(_ path: String, _ option: String) throws(FileFailure) -> LinuxFiles {
    var status = stat()
    let error =
      stat(path, &status) != 0 ? Errno(errno) : status.st_mode & S_IFMT != S_IFDIR ? Errno(ENOTDIR) : nil
    guard let error else {
      try checkProcfs(path)
      return LinuxFiles(root: path)
    }
    let reason = error.rawValue == ENOENT ? "there is no such directory" : "\(error)"
    throw FileFailure(
      .list, path, errno: error.rawValue, reason: error.fileReason,
      message: "\(reason); mount the node's there, or name it with \(option)")
  }

  /// The lock on the node, for this process.
  func lock(for command: LockHolder.Command, in access: NodePorts) -> AgentLock {
    AgentLock(
      files: access.files,
      holder: LockHolder(command: command, pid: getpid(), mode: RunMode.current, since: NodeClock().now))
  }

  /// Returns a reconciler that only reads, and that has read no intent yet. Throws if a directory that an option names
  /// is not there.
  func reader() throws -> Reconciler {
    Reconciler(
      access: try access(),
      settings: Reconciler.Settings(
        sources: IntentSources(paths: [], roles: []), policy: .standard, observeOnly: true))
  }
}

extension NodeOptions {
  var node: String { place.node }
  var root: String { place.root }
  var release: String { place.release }
  var intent: [String] { declared.intent }
  var unblock: UnblockPolicy? { declared.unblock }
  var policy: UnblockPolicy { unblock ?? .standard }

  /// Throws if standard input is an intent and cannot be read.
  var sources: IntentSources {
    get throws {
      IntentSources(
        paths: intent, roles: declared.role, standardInput: intent.contains("-") ? try SourceFile.standardInput() : nil,
        workingDirectory: workingDirectory())
    }
  }

  /// Returns a reconciler whose intent has been read. Prints the intent's errors on stderr and exits with 1 if it is
  /// refused.
  func readReconciler(changesNode: LockHolder.Command? = nil) throws -> Reconciler {
    var reconciler = try unreadReconciler(observeOnly: false, changesNode: changesNode)
    reconciler.readIntent(at: NodeClock().now)
    guard reconciler.intent.state != nil else {
      for issue in reconciler.intent.errors {
        StandardStreams.printError("\(issue.at): \(issue.severity): \(issue.message) [\(issue.code.rawValue)]")
      }
      throw ExitCode(1)
    }
    return reconciler
  }

  /// Returns a reconciler that has not read its intent yet. Throws if a directory that an option names is not there.
  ///
  /// - Parameters:
  ///   - observeOnly: whether nothing may be changed.
  ///   - features: the file for Node Feature Discovery; nil if there is none.
  ///   - changes: the events of the daemon's loop; nil for commands that make one pass.
  ///   - changesNode: the command, if it changes the node, which one process does at a time; nil if it changes nothing.
  func unreadReconciler(
    observeOnly: Bool, features: FeatureFile? = nil, changes: InotifyChanges? = nil,
    changesNode: LockHolder.Command? = nil
  ) throws -> Reconciler {
    let access = try place.access(changes: changes)
    return Reconciler(
      access: access,
      settings: Reconciler.Settings(
        sources: try sources, policy: policy, observeOnly: observeOnly, features: features),
      lock: changesNode.map { place.lock(for: $0, in: access) })
  }

  func identity(observeOnly: Bool, startedAt: Timestamp) -> AgentIdentity {
    AgentIdentity(
      node: node, version: Version.number, mode: RunMode.current, pid: getpid(), startedAt: startedAt,
      policy: policy, observeOnly: observeOnly)
  }
}

private func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
  return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

private func runningKernel() -> String {
  var name = utsname()
  guard uname(&name) == 0 else { return "unknown" }
  return withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// The absolute path of the current directory, or `/` if it is unknown, for example because it has been removed.
private func workingDirectory() -> String {
  guard let path = getcwd(nil, 0) else { return "/" }
  defer { free(path) }
  return String(cString: path)
}

/// Returns nil if the variable is not set, or empty.
func environmentValue(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(cString: value)
}
