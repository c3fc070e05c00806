package import MachineIntent
import Reconcile

/// Where the intents come from, and how to read them again.
package struct IntentSources: Sendable {
  package static let defaultDirectory = "/etc/sctp-agent/intent.d"
  /// One byte more than any intent may hold, so that too large a file is told from a truncated one.
  package static let byteLimit = IntentLimits.standard.bytes + 1
  /// Of the files of a directory, those that are read.
  package static let suffixes = [".yaml", ".yml", ".json"]

  /// The `--intent` paths as given, which is how findings name them; empty: the default directory, else the built-in
  /// intent.
  package let paths: [String]
  package let roles: [String]
  /// The bytes of standard input, read once; nil: `-` is not among the paths.
  package let standardInput: [UInt8]?
  /// What relative paths start from; absolute.
  private let workingDirectory: String

  package init(
    paths: [String], roles: [String], standardInput: [UInt8]? = nil, workingDirectory: String = "/"
  ) {
    self.paths = paths
    self.roles = roles
    self.standardInput = standardInput
    self.workingDirectory = workingDirectory
  }

  /// What to watch, each in the file system that it is meant in.
  package var watchedNodePaths: [String] {
    (paths.isEmpty ? [Self.defaultDirectory] : []) + MachineConfigDaemonFiles.paths
  }
  package var watchedOwnPaths: [String] { paths.filter { $0 != "-" }.map(absolute) }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
  }

  /// What changes when any source changes.
  struct Stamps: Hashable {
    /// Of the machine-config daemon's files that are there, the one that counts first.
    fileprivate(set) var managed: [FileStamp] = []
    fileprivate var others: [FileStamp] = []

    /// False where a file changed within the clock's tick: it may change again without a new stamp.
    func areSettled(at now: Timestamp) -> Bool {
      let tick = Int64(50_000_000)
      return (managed + others).allSatisfy { $0.changed + tick <= now.milliseconds * 1_000_000 }
    }
  }

  /// nil: that cannot be told, so read again.
  func stamps(_ access: NodePorts) -> Stamps? {
    var stamps = Stamps()
    do throws(FileFailure) {
      if paths.isEmpty { stamps.others += try Self.stamps(of: Self.defaultDirectory, in: access.files) }
      for path in watchedOwnPaths { stamps.others += try Self.stamps(of: path, in: access.own) }
      // Last, as they hold repairs: see Reconciler.
      stamps.managed = try MachineConfigDaemonFiles.stamps(in: access.files)
    } catch {
      return nil
    }
    return stamps
  }

  private static func stamps(of path: String, in files: any ReadableFiles) throws(FileFailure) -> [FileStamp] {
    guard let stamp = try files.stamp(path) else { return [] }
    guard stamp.isDirectory else { return [stamp] }
    var stamps = [stamp]
    for name in try files.names(in: path) ?? [] where suffixes.contains(where: name.hasSuffix) {
      if let stamp = try files.stamp("\(path)/\(name)") { stamps.append(stamp) }
    }
    return stamps
  }

  /// Reads and merges everything. An unreadable source is an error like any other in the reading.
  package func read(_ access: NodePorts) -> IntentReading {
    var documents: [IntentDocument] = []
    var problems: [ConfigIssue] = []
    if paths.isEmpty {
      collect(
        Self.defaultDirectory, named: Self.defaultDirectory, in: access.files, into: &documents, problems: &problems,
        mustExist: false)
      if documents.isEmpty, problems.isEmpty { documents = [BuiltinIntent.document] }
    }
    for path in paths {
      if path == "-" {
        documents.append(IntentDocument(name: "-", bytes: standardInput ?? []))
      } else {
        collect(
          absolute(path), named: path, in: access.own, into: &documents, problems: &problems, mustExist: true)
      }
    }
    var managed: ManagedConfiguration?
    do throws(ConfigIssue) {
      managed = try MachineConfigDaemonFiles.configuration(in: access.files)
    } catch {
      problems.append(error)
    }
    if documents.isEmpty, !problems.isEmpty { return IntentReading(state: nil, issues: problems) }
    let reading = IntentReader.read(documents, roles: roles, managed: managed)
    return problems.isEmpty
      ? reading : IntentReading(state: nil, issues: problems + reading.issues)
  }

  private func collect(
    _ path: String, named name: String, in files: any ReadableFiles, into documents: inout [IntentDocument],
    problems: inout [ConfigIssue], mustExist: Bool
  ) {
    do throws(FileFailure) {
      if let bytes = try readFile(path, in: files) {
        documents.append(IntentDocument(name: name, bytes: bytes))
      } else if let listing = try files.list(path) {
        let prefix = name.hasSuffix("/") ? name : name + "/"
        for entry in listing.entries where Self.suffixes.contains(where: entry.name.hasSuffix) {
          if let failure = entry.failure {
            problems.append(Self.unreadable(prefix + entry.name, failure.message))
          } else if let bytes = entry.contents {
            documents.append(IntentDocument(name: prefix + entry.name, bytes: bytes))
          }
        }
      } else if mustExist {
        problems.append(Self.unreadable(name, "no such file or directory; name a file or a directory of intents"))
      }
    } catch {
      problems.append(Self.unreadable(name, error.message))
    }
  }

  /// nil: the path leads to no regular file.
  private func readFile(_ path: String, in files: any ReadableFiles) throws(FileFailure) -> [UInt8]? {
    do {
      return try files.read(path, limit: Self.byteLimit)
    } catch  where error.reason == .isDirectory {
      return nil
    }
  }

  static func unreadable(_ path: String, _ message: String) -> ConfigIssue {
    ConfigIssue(
      .error, at: SourceLocation(file: path, line: 1, column: 1), code: .unreadable,
      message: "failed to read the intent '\(path)': \(message)")
  }
}
