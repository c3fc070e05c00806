import CKmod
import Glibc
package import Modprobe
package import NodeAgent
package import Reconcile

/// The running kernel's modules through libkmod, in process: no program is ever run.
package struct KmodModules: KernelModules {
  /// The last lines are the ones that tell.
  private static let logLimit = 32
  /// What libkmod tells of a file that ends in a signature: kmod_module_get_info.
  private static let signatureFacts: Set<String> = ["sig_id", "signer", "signature"]

  private let files: LinuxFiles
  private let moduleDirectory: String
  private let configurationDirectories: [String]

  /// Takes paths as the node sees them: the running kernel's own module directory, and the modprobe.d directories,
  /// highest precedence first. libkmod adds the kernel command line of the running system by itself. To be made before
  /// other threads run: it sets an environment variable.
  package init(files: LinuxFiles, moduleDirectory: String, configurationDirectories: [String]) {
    self.files = files
    self.moduleDirectory = moduleDirectory
    self.configurationDirectories = configurationDirectories
    // kmod_new parses before it can be given a log function, and complains of each bad line on standard error; the
    // agent's own parser reports them. Who sets the variable wants to see it.
    setenv("KMOD_LOG", "0", 0)
  }

  package func load(_ module: ModuleName) throws(LoadFailure) {
    let trace = Trace()
    let result = withContext(trace) { kmod in
      CKmod_insert(kmod, module.rawValue, Unmanaged.passUnretained(trace).toOpaque()) { user, module, command in
        guard let module, let command else { return }
        Trace.of(user)?.refused = String(cString: command)
        Trace.of(user)?.add("install command of \(String(cString: module)) was not run: \(String(cString: command))")
      }
    }
    // Positive: a blacklist stopped what an alias led to.
    if result > 0 {
      trace.add("a blacklist line stops the module that '\(module)' is an alias of")
      throw LoadFailure(module: module, errno: EPERM, log: trace.lines)
    }
    guard result < 0 else { return }
    let errno = result == -ECANCELED && trace.refused != nil ? 0 : -result
    throw LoadFailure(module: module, errno: errno, refusedCommand: trace.refused, log: trace.lines)
  }

  package func inspect(_ file: String) -> ModuleInspection {
    let path: String?
    do throws(FileFailure) {
      path = try files.hostPath(file)
    } catch {
      return ModuleInspection(signed: nil, unreadable: error.message)
    }
    guard let path else { return ModuleInspection(signed: nil, unreadable: "\(Errno(ENOENT))") }
    let trace = Trace()
    let result = withContext(trace) { kmod in
      CKmod_facts(kmod, path, Unmanaged.passUnretained(trace).toOpaque()) { user, key, _ in
        guard let key else { return }
        Trace.of(user)?.facts.insert(String(cString: key))
      }
    }
    switch -result {
    case 0: return ModuleInspection(signed: !trace.facts.isDisjoint(with: Self.signatureFacts))
    case ENOSYS, EOPNOTSUPP: return .unpackable(path)
    default:
      let magic = Self.firstBytes(of: path)
      let isPacked = Self.compressions.contains(where: magic.starts(with:))
      // Up to kmod 30 a compression that it was built without is no module's file to it, or taken for an ELF file.
      if isPacked, result == -ENOENT || result == -ENOEXEC { return .unpackable(path) }
      // What does not even begin as a module is the kernel's to refuse: it says so when the module is loaded.
      let isModule = isPacked || magic.starts(with: Self.elf)
      return ModuleInspection(signed: nil, damage: isModule ? "libkmod says \(Errno(-result))" : nil)
    }
  }

  /// How files of gzip, xz and zstd begin.
  private static let compressions: [[UInt8]] = [
    [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A], [0x28, 0xB5, 0x2F, 0xFD],
  ]
  private static let elf: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

  /// Empty: it cannot be read.
  private static func firstBytes(of path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return (try? Syscall.bytes(upTo: 8) { Syscall.raw(read(descriptor, $0.baseAddress, $0.count)) }) ?? []
  }

  /// Runs `body` with a fresh context, or returns why there is none.
  private func withContext(_ trace: Trace, _ body: (OpaquePointer) -> Int32) -> Int32 {
    var kmod: OpaquePointer?
    let user = Unmanaged.passUnretained(trace).toOpaque()
    // libkmod takes paths as this host sees them, and would follow a link out of the root.
    let directory = (try? files.hostPath(moduleDirectory)) ?? files.root.path + moduleDirectory
    let configurations = configurationDirectories.compactMap { try? files.hostPath($0) }
    let result = withCStrings(configurations) { configurations in
      CKmod_new(&kmod, directory, configurations, user) { user, _, line in
        guard let line else { return }
        Trace.of(user)?.add(String(cString: line))
      }
    }
    guard result == 0, let kmod else { return result == 0 ? -ENOMEM : result }
    defer { CKmod_free(kmod) }
    return withExtendedLifetime(trace) { body(kmod) }
  }

  /// Gives the strings as C wants a list of them, with NULL at the end.
  private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
  ) -> Value {
    var pointers: [UnsafePointer<CChar>?] = strings.map { strdup($0).map { UnsafePointer($0) } }
    pointers.append(nil)
    defer { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
    return body(pointers)
  }

  /// What libkmod told on the way, gathered from its callbacks, which come on the calling thread.
  private final class Trace {
    var lines: [String] = []
    var refused: String?
    var facts: Set<String> = []

    static func of(_ user: UnsafeMutableRawPointer?) -> Trace? {
      user.map { Unmanaged<Trace>.fromOpaque($0).takeUnretainedValue() }
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
