import Modprobe
import Testing

@testable import Reconcile

/// What the node shows beside the errno.
private struct Circumstance: Sendable, CustomStringConvertible {
  let errno: Int32
  let description: String
  let node: NodeState
  let reason: Condition.Reason
  let words: String

  init(_ errno: Int32, _ description: String, _ node: NodeState, is reason: Condition.Reason, _ words: String) {
    (self.errno, self.description, self.node, self.reason, self.words) = (errno, description, node, reason, words)
  }
}

private let file = "/lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz"

@Test(arguments: [
  Circumstance(
    1, "EPERM by the command line", .made(commandLine: "module_blacklist=sctp"), is: .kernelBlacklisted,
    "denied by module_blacklist=sctp"),
  Circumstance(
    1, "EPERM by the sysctl", .made(change: { $0.modulesDisabled = true }), is: .modulesDisabled,
    "no more modules until the next boot"),
  Circumstance(
    1, "EPERM for want of the capability", .made(change: { $0.mayLoadModules = false }), is: .noCapability,
    "lacks CAP_SYS_MODULE"),
  Circumstance(
    1, "EPERM by lockdown", .made(change: { $0.lockdown = "integrity" }, facts: { $0.signed = false }), is: .lockdown,
    "locked down (integrity)"),
  Circumstance(1, "EPERM with none of these", .made(), is: .noCapability, "a security module or a seccomp filter"),
  Circumstance(13, "EACCES", .made(), is: .noCapability, "a security module denies"),
  Circumstance(129, "EKEYREJECTED", .made(), is: .signatureRejected, "rejects the signature of \(file)"),
  Circumstance(126, "ENOKEY", .made(), is: .signatureRejected, "ENOKEY"),
  Circumstance(8, "ENOEXEC", .made(), is: .moduleUnreadable, "built for another kernel"),
  Circumstance(
    38, "ENOSYS of libkmod", .made(), is: .moduleUnreadable, "built without the decompression of \(file)"),
  Circumstance(
    38, "ENOSYS of the kernel", .made(state: .missing, change: { $0.supportsModules = false }), is: .noModuleSupport,
    "without loadable modules"),
  Circumstance(2, "ENOENT of a file that is there", .made(), is: .moduleMissing, "needs a symbol"),
  Circumstance(2, "ENOENT", .made(state: .missing), is: .moduleMissing, "the package that has it is not installed"),
  Circumstance(22, "EINVAL", .made(), is: .moduleUnreadable, "parameter"),
  Circumstance(12, "ENOMEM", .made(), is: .moduleUnreadable, "no room"),
  Circumstance(
    0, "success without the module", .made(["/etc/modprobe.d/a.conf": "install sctp /bin/true\n"]),
    is: .installCommand, "/etc/modprobe.d/a.conf:1"),
])
private func anErrnoIsExplainedByWhatTheNodeShows(circumstance: Circumstance) {
  let failure = LoadFailure(module: sctp, errno: circumstance.errno)
  let blocker = LoadExplanation.blocker(for: failure, node: circumstance.node)
  #expect(blocker.reason == circumstance.reason)
  #expect(blocker.sentence.contains(circumstance.words), "\(blocker.sentence)")
  #expect(!blocker.remedy.isEmpty)
}
