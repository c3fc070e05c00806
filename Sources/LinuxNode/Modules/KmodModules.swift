import CKmod
import Glibc
package import Linux
package import Modprobe
package import NodeAgent
package import Reconcile
import Synchronization

/// The running kernel's modules through libkmod, in process: no program is ever run.
///
/// libkmod opens only files that the agent has read or checked before. Each of its calls has its own thread.
package struct KmodModules: KernelModules {
  /// The largest module file or binary index that libkmod may open.
  static let fileLimit = 64 << 20
  private static let mappingsLimit = 4 << 20
  /// The number of lines that are kept: only the last ones matter.
  private static let logLimit = 32
  /// The facts that libkmod reports only for a signed file: kmod_module_get_info.
  private static let signatureFacts: Set<String> = ["sig_id", "signer", "signature"]
  /// The module directory that libkmod gets if it needs none. No file can be below a device.
  private static let nowhere = "/dev/null"

  /// The version of the libkmod that this process has loaded; nil if it is unknown.
  package let version: KmodVersion?
  private let files: LinuxFiles
  private let moduleDirectory: String
  private let configurationDirectories: [String]
  private let calls: DetachedCalls
  private let lateFailures = LateFailures()

  /// Accepts paths of the node. libkmod itself adds the kernel command line of the running system. Call it before other
  /// threads run, because it sets an environment variable.
  ///
  /// - Parameters:
  ///   - files: the files of the node.
  ///   - moduleDirectory: of the running kernel.
  ///   - configurationDirectories: those of modprobe.d, highest precedence first.
  ///   - patience: how long a call waits for libkmod and the kernel.
  ///   - interruption: a descriptor that ends the wait when it is readable.
  ///   - lateEnd: signalled when work ends for which no caller waits.
  package init(
    files: LinuxFiles, moduleDirectory: String, configurationDirectories: [String], patience: Duration = .seconds(60),
    interruption: Int32? = nil, lateEnd: EventDescriptor? = nil
  ) {
    let mappings = try? LinuxFiles(root: "/proc").read("/self/maps", limit: Self.mappingsLimit)
    version = mappings.flatMap(\.self).flatMap { KmodVersion(mappings: $0) }
    self.files = files
    self.moduleDirectory = moduleDirectory
    self.configurationDirectories = configurationDirectories
    calls = DetachedCalls(patience: patience, interruption: interruption, lateEnd: lateEnd)
    // kmod_new parses before it has a log function, and prints each bad line on standard error. The agent's own parser
    // reports them. A user who sets the variable wants to see them.
    setenv("KMOD_LOG", "0", 0)
  }

  package var unfinishedWork: UnfinishedModuleWork? { calls.unfinished }

  package func load(_ module: ModuleName) throws(LoadFailure) {
    if let failure = lateFailures.take(module) { throw failure }
    let result: Result<Void, LoadFailure>?
    do throws(Errno) {
      result = try calls.run("loading \(module)", late: { [lateFailures] in lateFailures.keep($0) }) { [self] in
        Result { () throws(LoadFailure) in try insert(module) }
      }
    } catch {
      throw LoadFailure(module: module, error: error.name, log: ["no thread could be started for the load"])
    }
    guard let result else { throw LoadFailure(module: module, isUnfinished: true) }
    try result.get()
  }

  private func insert(_ module: ModuleName) throws(LoadFailure) {
    let trace = Trace()
    let tree: KmodTree
    do throws(FileFailure) {
      let needed = try ModuleFiles(
        of: module, in: files, directory: moduleDirectory, searchPath: configurationDirectories,
        kmod: version ?? .newest,
        complain: { trace.add("\($0)") })
      tree = try needed.tree(in: files, complain: { trace.add("\($0)") })
    } catch {
      throw LoadFailure(module: module, obstacle: error, log: trace.lines)
    }
    let result = withContext(tree.modules, [tree.configuration], trace) { kmod in
      CKmod_insert(kmod, module.rawValue, Unmanaged.passUnretained(trace).toOpaque()) { user, module, command in
        guard let module, let command else { return }
        Trace.of(user)?.refused = String(cString: command)
        Trace.of(user)?.add("install command of \(String(cString: module)) was not run: \(String(cString: command))")
      }
    }
    // A positive result means that a blacklist stopped the target of an alias.
    if result > 0 {
      trace.add("a blacklist line stops the module that '\(module)' is an alias of")
      throw LoadFailure(module: module, isBlacklisted: true, log: trace.lines)
    }
    guard result < 0 else { return }
    let isRefused = result == 0 || result == -ECANCELED && trace.refused != nil
    throw LoadFailure(
      module: module, error: isRefused ? nil : Errno(-result).name, refusedCommand: trace.refused, log: trace.lines)
  }

  package func inspect(_ file: String) -> ModuleInspection {
    do throws(Errno) {
      return try calls.run("reading \(file)") { [self] in inspectNow(file) }
        ?? ModuleInspection(signed: nil, unreadable: "reading the file has not finished yet")
    } catch {
      return ModuleInspection(signed: nil, unreadable: "no thread could be started to read it: \(error)")
    }
  }

  private func inspectNow(_ path: String) -> ModuleInspection {
    let opened: CheckedFile?
    do throws(FileFailure) {
      opened = try files.checked(path, limit: Self.fileLimit)
    } catch {
      // What is no regular file cannot be loaded by anybody. A larger file than the agent reads can be.
      let isNoFile = error.errno == 0 && error.reason != .tooLarge
      return ModuleInspection(signed: nil, unreadable: error.message, damage: isNoFile ? error.message : nil)
    }
    guard let file = opened else { return ModuleInspection(signed: nil, unreadable: "\(Errno(ENOENT))") }
    guard access(file.path, F_OK) == 0 else {
      return ModuleInspection(signed: nil, unreadable: "procfs is not mounted at /proc, and libkmod needs it")
    }
    let trace = Trace()
    let result = withContext(Self.nowhere, [], trace) { kmod in
      CKmod_facts(kmod, file.path, Unmanaged.passUnretained(trace).toOpaque()) { user, key, value in
        guard let key else { return }
        Trace.of(user)?.add(fact: String(cString: key), value.map { String(cString: $0) } ?? "")
      }
    }
    if result < 0, let line = LoadFailure.missingLibrary(trace.lines) {
      return ModuleInspection(
        signed: nil, unreadable: "this libkmod lacks a library that it needs: \(line); install that library")
    }
    switch -result {
    case 0:
      return ModuleInspection(
        signed: !trace.facts.isDisjoint(with: Self.signatureFacts), parameters: trace.parameters)
    case ENOSYS, EOPNOTSUPP: return .unpackable(path)
    default:
      let magic = file.firstBytes(8)
      let isPacked = Self.compressions.contains(where: magic.starts(with:))
      // Up to kmod 30, libkmod takes a file in a compression that it does not support for an ELF file, or for no
      // module.
      if isPacked, result == -ENOENT || result == -ENOEXEC { return .unpackable(path) }
      // The kernel refuses a file that does not begin like a module when the module is loaded.
      let isModule = isPacked || magic.starts(with: Self.elf)
      return ModuleInspection(signed: nil, damage: isModule ? "libkmod says \(Errno(-result))" : nil)
    }
  }

  /// The first bytes of the formats gzip, xz and zstd.
  private static let compressions: [[UInt8]] = [
    [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A], [0x28, 0xB5, 0x2F, 0xFD],
  ]
  private static let elf: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

  /// Runs `body` with a fresh context, or returns why there is none.
  private func withContext(
    _ modules: String, _ configurations: [String], _ trace: Trace, _ body: (OpaquePointer) -> Int32
  ) -> Int32 {
    var kmod: OpaquePointer?
    let user = Unmanaged.passUnretained(trace).toOpaque()
    let result = withCStrings(configurations) { configurations in
      CKmod_new(&kmod, modules, configurations, user) { user, _, line in
        guard let line else { return }
        Trace.of(user)?.add(String(cString: line))
      }
    }
    guard result == 0, let kmod else { return result == 0 ? -ENOMEM : result }
    defer { CKmod_free(kmod) }
    return withExtendedLifetime(trace) { body(kmod) }
  }

  /// Passes the strings as a C array that ends with NULL.
  private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
  ) -> Value {
    var pointers: [UnsafePointer<CChar>?] = strings.map { strdup($0).map { UnsafePointer($0) } }
    pointers.append(nil)
    defer { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
    return body(pointers)
  }

  /// The loads that failed after their callers had stopped waiting.
  private final class LateFailures: Sendable {
    private let failures = Mutex<[ModuleName: LoadFailure]>([:])

    func keep(_ result: Result<Void, LoadFailure>) {
      if case .failure(let failure) = result { failures.withLock { $0[failure.module] = failure } }
    }

    func take(_ module: ModuleName) -> LoadFailure? { failures.withLock { $0.removeValue(forKey: module) } }
  }

  /// The reports of libkmod during one call. Its callbacks run on the calling thread.
  private final class Trace {
    var lines: [String] = []
    var refused: String?
    var facts: Set<String> = []
    var parameters: [String: ParameterType] = [:]

    static func of(_ user: UnsafeMutableRawPointer?) -> Trace? {
      user.map { Unmanaged<Trace>.fromOpaque($0).takeUnretainedValue() }
    }

    /// `parmtype` holds `NAME:TYPE` (linux/moduleparam.h).
    func add(fact key: String, _ value: String) {
      facts.insert(key)
      guard key == "parmtype", let colon = value.firstIndex(of: ":") else { return }
      parameters[String(value[..<colon])] = ParameterType(String(value[value.index(after: colon)...]))
    }

    func add(_ line: String) {
      if lines.count == KmodModules.logLimit { lines.removeFirst() }
      lines.append(line)
    }
  }
}

extension ModuleInspection {
  fileprivate static func unpackable(_ path: String) -> ModuleInspection {
    ModuleInspection(
      signed: nil,
      unreadable:
        "this libkmod was built without the decompression of .\(path.split(separator: ".").last ?? "") files; "
        + "install one that has it")
  }
}
