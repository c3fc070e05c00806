package import Modprobe

/// Finds the cause of a refused load.
///
/// One errno has several causes (EPERM alone has five), so the state of the node decides; see init_module(2) and the
/// kernel's `kernel/module/main.c`.
package enum LoadExplanation {
  package static func blocker(for failure: LoadFailure, node: NodeState) -> Blocker {
    let module = failure.module
    let judged = LoadVerdicts(module: module, node: node).explicit.blockedBy
    func known(_ kinds: Set<Blocker.Kind>) -> Blocker? { judged.first { kinds.contains($0.kind) } }
    func blocker(_ kind: Blocker.Kind, at source: String, _ text: String, _ remedy: String) -> Blocker {
      Blocker(kind, module: module, location: .source(source), text: text, remedy: remedy)
    }
    let file = node.modules[module]?.file ?? module.rawValue

    if failure.isUnfinished {
      return blocker(
        .loading, at: file, "the kernel has not finished the load; the agent checks it again",
        "nothing to do: the agent reports when it ends")
    }
    if let obstacle = failure.obstacle {
      let isRead = obstacle.operation == .read || obstacle.operation == .list
      return blocker(
        isRead ? .unreadableModule : .loadNotPrepared, at: obstacle.path, "\(obstacle)",
        isRead
          ? node.distribution.reinstallModules(for: node.kernel.release)
          : "let the agent write to /run/sctp-agent below its root")
    }
    if failure.isBlacklisted {
      return known([.blacklist])
        ?? blocker(
          .blacklist, at: "modprobe.d", "libkmod refused \(module): an alias leads to it and a blacklist names it",
          "sctp-agent config modprobe | grep -w \(module)   # then remove the blacklist line")
    }
    if let command = failure.refusedCommand {
      return known([.install])
        ?? blocker(
          .install, at: "modprobe.d", command, "comment the install line out, or run: modprobe -i \(module)")
    }
    if let line = LoadFailure.missingLibrary(failure.log) {
      return blocker(
        .unreadableModule, at: file, "this libkmod cannot decompress \(file): \(line)",
        "modprobe \(module)   # on the node; then give the agent the library that libkmod does not find")
    }
    let error = failure.error ?? ""
    switch failure.error {
    case "EPERM":
      return known([.kernelBlacklist, .initcallBlacklist, .modulesDisabled, .noCapability, .lockdown])
        ?? blocker(
          .noCapability, at: "EPERM",
          "the kernel refused \(module) (EPERM) though CAP_SYS_MODULE, modules_disabled, "
            + "module_blacklist= and lockdown allow it: a security module or a seccomp filter forbids it",
          "read the audit log (ausearch -m avc -ts recent) and the seccomp profile of the unit or the pod")
    case "EACCES":
      return blocker(
        .noCapability, at: "EACCES", "a security module denies loading \(module) (EACCES)",
        "read the audit log: ausearch -m avc -ts recent")
    case "ENOENT":
      return known([.moduleMissing])
        ?? blocker(
          .moduleMissing, at: file, "\(file) is gone or needs a symbol that this kernel lacks (ENOENT)",
          node.distribution.reinstallModules(for: node.kernel.release))
    case "EKEYREJECTED", "ENOKEY", "EBADMSG":
      return blocker(
        .signature, at: file, "the kernel rejects the signature of \(file) (\(error))",
        node.distribution.reinstallModules(for: node.kernel.release))
    case "ENOEXEC":
      return blocker(
        .unreadableModule, at: file, "\(file) is damaged or was built for another kernel (ENOEXEC)",
        node.distribution.reinstallModules(for: node.kernel.release))
    case "ENOSYS":
      let isPacked = node.modules[module]?.compression.map { $0 != "none" } ?? false
      if node.kernel.supportsModules, isPacked {
        return blocker(
          .unreadableModule, at: file, "this libkmod was built without the decompression of \(file) (ENOSYS)",
          "modprobe \(module)   # the node's own kmod supports it; give the agent a libkmod that does too")
      }
      return known([.noModuleSupport])
        ?? blocker(
          .noModuleSupport, at: "kernel \(node.kernel.release)", "this kernel has no loadable modules (ENOSYS)",
          "boot a kernel with CONFIG_MODULES=y")
    case "EINVAL", "ERANGE":
      return known([.invalidOption])
        ?? blocker(
          .unreadableModule, at: file,
          "the kernel refuses a parameter or the layout of \(module) (\(error))",
          "read the kernel's log (dmesg | tail) and the options lines of \(module) in modprobe.d")
    case "ENOMEM", "EBUSY":
      return blocker(
        .unreadableModule, at: file, "the kernel has no room for \(module) right now (\(error))",
        "nothing to do: the agent retries")
    case nil:
      return known([.install])
        ?? blocker(
          .unreadableModule, at: file, "libkmod reported success and \(module) is not loaded",
          "read the kernel's log: dmesg | tail")
    default:
      let detail = failure.log.last.map { ": \($0)" } ?? ""
      return blocker(
        .unreadableModule, at: file, "loading \(module) failed (\(error))\(detail)",
        "read the kernel's log: dmesg | tail")
    }
  }

  /// Whether the kernel refuses the contents of the file: then no way of loading works.
  static func isOfTheFile(_ failure: LoadFailure) -> Bool {
    ["EKEYREJECTED", "ENOKEY", "EBADMSG", "ENOEXEC"].contains(failure.error)
  }
}

/// The reason why the kernel or libkmod refused a module.
package struct LoadFailure: Error, Hashable, Sendable {
  package let module: ModuleName
  /// The name of the error, such as `EPERM`; nil if libkmod gave none. Numbers differ between architectures.
  package let error: String?
  /// The file that kept the agent from asking the kernel, and why; nil if the kernel was asked.
  package let obstacle: FileFailure?
  /// Whether the load is still under way: the agent has stopped waiting for it.
  package let isUnfinished: Bool
  /// Whether libkmod refused it because of a blacklist line, for which it has no errno.
  package let isBlacklisted: Bool
  /// The `install` command that libkmod found and the agent did not run, or nil if there is none.
  package let refusedCommand: String?
  /// The lines that libkmod logged, in order.
  package let log: [String]

  /// Returns the line by which libkmod reports that it does not find the library that decompresses a module, such as
  /// liblzma; nil if there is none. Since kmod 33, libkmod opens these libraries when it needs them, and the error that
  /// it then returns, EINVAL, is also that of a damaged file (libkmod-file-xz.c).
  package static func missingLibrary(_ log: [String]) -> String? {
    log.last { $0.contains("load and resolve symbols") }
  }

  package init(
    module: ModuleName, error: String? = nil, obstacle: FileFailure? = nil, isUnfinished: Bool = false,
    isBlacklisted: Bool = false, refusedCommand: String? = nil, log: [String] = []
  ) {
    self.module = module
    self.error = error
    self.obstacle = obstacle
    self.isUnfinished = isUnfinished
    self.isBlacklisted = isBlacklisted
    self.refusedCommand = refusedCommand
    self.log = log
  }
}
