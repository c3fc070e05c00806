package import MachineIntent
import Reconcile

/// The sources of the intents.
package struct IntentSources: Sendable {
  package static let defaultDirectory = "/etc/sctp-agent/intent.d"
  /// One byte more than an intent may have, so that a file that is too large can be distinguished from a truncated one.
  package static let byteLimit = IntentLimits.standard.bytes + 1
  /// The suffixes of the files that are read in a directory.
  package static let suffixes = [".yaml", ".yml", ".json"]

  private static let scope = ListingScope(fileLimit: MemoryBudget.intents, bytes: MemoryBudget.intents) { name in
    suffixes.contains(where: name.hasSuffix)
  }

  /// The `--intent` paths as given; findings use them in this form. If there are none, the default directory is read,
  /// or else the built-in intent.
  package let paths: [String]
  package let roles: [String]
  /// The bytes of standard input, read once; nil if `-` is not among the paths.
  package let standardInput: [UInt8]?
  /// The absolute path that relative paths start from.
  private let workingDirectory: String

  package init(
    paths: [String], roles: [String], standardInput: [UInt8]? = nil, workingDirectory: String = "/"
  ) {
    self.paths = paths
    self.roles = roles
    self.standardInput = standardInput
    self.workingDirectory = workingDirectory
  }

  /// The paths to watch, each in the file system that it belongs to.
  package var watchedNodePaths: [String] {
    (paths.isEmpty ? [Self.defaultDirectory] : []) + MachineConfigDaemonFiles.paths
  }
  package var watchedOwnPaths: [String] { paths.filter { $0 != "-" }.map(absolute) }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
  }

  /// The stamps of all sources: they change when a source changes.
  struct Stamps: Hashable {
    fileprivate var files: [FileStamp] = []

    /// Whether every later change is certain to get another stamp. On a busy hypervisor, the clock of `now` may be ahead
    /// of the one that stamps files.
    func areSettled(at now: Timestamp) -> Bool {
      let ahead = Int64(30_000_000)
      return files.allSatisfy { $0.changed + FileStamp.step(after: $0.changed) + ahead <= now.milliseconds * 1_000_000 }
    }
  }

  /// Returns the stamps, or nil if they cannot be read, so that the sources have to be.
  func stamps(_ access: NodePorts) -> Stamps? {
    var stamps = Stamps()
    let files = access.files.forOneLook()
    do throws(FileFailure) {
      if paths.isEmpty { stamps.files += try Self.stamps(of: Self.defaultDirectory, in: files) }
      for path in watchedOwnPaths { stamps.files += try Self.stamps(of: path, in: access.own) }
      for path in MachineConfigDaemonFiles.paths {
        if let stamp = try files.stamp(path) { stamps.files.append(stamp) }
      }
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

  /// Reads and merges all sources. An unreadable source is an error of the reading.
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
      } else if let listing = try files.list(path, Self.scope) {
        let prefix = name.hasSuffix("/") ? name : name + "/"
        if let failure = listing.cut { problems.append(Self.unreadable(name, failure.message)) }
        for entry in listing.entries {
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

  /// Returns nil if the path does not lead to a regular file.
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
