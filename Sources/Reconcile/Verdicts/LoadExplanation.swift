package import Modprobe

/// Finds the cause behind the errno of a refused load.
///
/// One errno has several causes (EPERM alone has four), so the node is consulted; see init_module(2) and the kernel's
/// `kernel/module/main.c`.
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
        isRead ? Remedy.reinstall(node.kernel.release) : "let the agent write to /run/sctp-agent below its root")
    }
    if let command = failure.refusedCommand {
      return known([.install])
        ?? blocker(
          .install, at: "modprobe.d", command, "comment the install line out, or load the module by hand: modprobe -i")
    }
    switch failure.errno {
    case Errno.permission:
      return known([.kernelBlacklist, .modulesDisabled, .noCapability, .lockdown])
        ?? blocker(
          .noCapability, at: "EPERM",
          "the kernel refused \(module) (EPERM) though CAP_SYS_MODULE, modules_disabled, "
            + "module_blacklist= and lockdown allow it: a security module or a seccomp filter forbids it",
          "look at the audit log (ausearch -m avc -ts recent) and at the seccomp profile of the unit or the pod")
    case Errno.access:
      return blocker(
        .noCapability, at: "EACCES", "a security module denies loading \(module) (EACCES)",
        "look at the audit log: ausearch -m avc -ts recent")
    case Errno.noEntry:
      return known([.moduleMissing])
        ?? blocker(
          .moduleMissing, at: file, "\(file) is gone or needs a symbol that this kernel lacks (ENOENT)",
          Remedy.reinstall(node.kernel.release))
    case Errno.keyRejected, Errno.noKey, Errno.badMessage:
      return blocker(
        .signature, at: file, "the kernel rejects the signature of \(file) (\(Errno.name(failure.errno)))",
        Remedy.reinstall(node.kernel.release))
    case Errno.execFormat:
      return blocker(
        .unreadableModule, at: file, "\(file) is damaged or was built for another kernel (ENOEXEC)",
        Remedy.reinstall(node.kernel.release))
    case Errno.notImplemented:
      let isPacked = node.modules[module]?.compression.map { $0 != "none" } ?? false
      if node.kernel.supportsModules, isPacked {
        return blocker(
          .unreadableModule, at: file, "this libkmod was built without the decompression of \(file) (ENOSYS)",
          "modprobe \(module)   # the node's own kmod reads it; give the agent a libkmod that does too")
      }
      return known([.noModuleSupport])
        ?? blocker(
          .noModuleSupport, at: "kernel \(node.kernel.release)", "this kernel has no loadable modules (ENOSYS)",
          "boot a kernel with CONFIG_MODULES=y")
    case Errno.invalid:
      return blocker(
        .unreadableModule, at: file, "the kernel refuses a parameter or the layout of \(module) (EINVAL)",
        "look at the kernel's log: dmesg | tail; check 'options \(module)' in modprobe.d")
    case Errno.noMemory, Errno.busy:
      return blocker(
        .unreadableModule, at: file, "the kernel has no room for \(module) right now (\(Errno.name(failure.errno)))",
        "nothing to do: the agent tries again")
    case 0:
      return known([.install])
        ?? blocker(
          .unreadableModule, at: file, "libkmod reported success and \(module) is not loaded",
          "look at the kernel's log: dmesg | tail")
    default:
      let detail = failure.log.last.map { ": \($0)" } ?? ""
      return blocker(
        .unreadableModule, at: file, "loading \(module) failed with errno \(failure.errno)\(detail)",
        "look at the kernel's log: dmesg | tail")
    }
  }

  /// True where the kernel refuses what is in the file, whoever asks for it: no way of loading is left then.
  static func isOfTheFile(_ failure: LoadFailure) -> Bool {
    [Errno.keyRejected, Errno.noKey, Errno.badMessage, Errno.execFormat].contains(failure.errno)
  }

  /// The numbers of errno(3) on Linux that init_module(2) returns.
  private enum Errno {
    static let permission: Int32 = 1
    static let noEntry: Int32 = 2
    static let execFormat: Int32 = 8
    static let noMemory: Int32 = 12
    static let access: Int32 = 13
    static let busy: Int32 = 16
    static let invalid: Int32 = 22
    static let notImplemented: Int32 = 38
    static let badMessage: Int32 = 74
    static let noKey: Int32 = 126
    static let keyRejected: Int32 = 129

    static func name(_ number: Int32) -> String {
      switch number {
      case noKey: "ENOKEY"
      case keyRejected: "EKEYREJECTED"
      case badMessage: "EBADMSG"
      case noMemory: "ENOMEM"
      case busy: "EBUSY"
      default: "errno \(number)"
      }
    }
  }
}

/// Why the kernel or libkmod refused a module.
package struct LoadFailure: Error, Hashable, Sendable {
  package let module: ModuleName
  /// Positive; 0 where libkmod gave none.
  package let errno: Int32
  /// The file that kept the agent from asking the kernel, and why; nil if the kernel was asked.
  package let obstacle: FileFailure?
  /// Whether the load is still under way: the agent has stopped waiting for it.
  package let isUnfinished: Bool
  /// The `install` command that was met and not run; nil: none.
  package let refusedCommand: String?
  /// What libkmod logged on the way, last line last.
  package let log: [String]

  package init(
    module: ModuleName, errno: Int32, obstacle: FileFailure? = nil, isUnfinished: Bool = false,
    refusedCommand: String? = nil, log: [String] = []
  ) {
    self.module = module
    self.errno = errno
    self.obstacle = obstacle
    self.isUnfinished = isUnfinished
    self.refusedCommand = refusedCommand
    self.log = log
  }
}
