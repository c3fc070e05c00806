import Modprobe
import Testing

@testable import Reconcile

/// What the node shows beside the errno.
struct Circumstance: Sendable, CustomStringConvertible {
  let error: String?
  let description: String
  let node: NodeState
  let reason: Condition.Reason
  let words: String

  init(_ error: String?, _ description: String, _ node: NodeState, is reason: Condition.Reason, _ words: String) {
    (self.error, self.description, self.node, self.reason, self.words) = (error, description, node, reason, words)
  }
}

private let file = "/lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz"

@Suite struct LoadExplanationTests {
  @Test(arguments: [
    Circumstance(
      "EPERM", "EPERM by the command line", .made(commandLine: "module_blacklist=sctp"), is: .kernelBlacklisted,
      "denied by module_blacklist=sctp"),
    Circumstance(
      "EPERM", "EPERM by the sysctl", .made(change: { $0.modulesDisabled = true }), is: .modulesDisabled,
      "no more modules until the next boot"),
    Circumstance(
      "EPERM", "EPERM for want of the capability", .made(change: { $0.mayLoadModules = false }), is: .noCapability,
      "lacks CAP_SYS_MODULE"),
    Circumstance(
      "EPERM", "EPERM by lockdown", .made(change: { $0.lockdown = "integrity" }, facts: { $0.signed = false }),
      is: .lockdown,
      "locked down (integrity)"),
    Circumstance(
      "EPERM", "EPERM with none of these", .made(), is: .noCapability, "a security module or a seccomp filter"),
    Circumstance("EACCES", "EACCES", .made(), is: .noCapability, "a security module denies"),
    Circumstance("EKEYREJECTED", "EKEYREJECTED", .made(), is: .signatureRejected, "rejects the signature of \(file)"),
    Circumstance("ENOKEY", "ENOKEY", .made(), is: .signatureRejected, "ENOKEY"),
    Circumstance("ENOEXEC", "ENOEXEC", .made(), is: .moduleUnreadable, "built for another kernel"),
    Circumstance(
      "ENOSYS", "ENOSYS of libkmod", .made(), is: .moduleUnreadable, "built without the decompression of \(file)"),
    Circumstance(
      "ENOSYS", "ENOSYS of the kernel", .made(state: .missing, change: { $0.supportsModules = false }),
      is: .noModuleSupport,
      "without loadable modules"),
    Circumstance("ENOENT", "ENOENT of a file that is there", .made(), is: .moduleMissing, "needs a symbol"),
    Circumstance(
      "ENOENT", "ENOENT", .made(state: .missing), is: .moduleMissing, "the package that has it is not installed"),
    Circumstance("EINVAL", "EINVAL", .made(), is: .moduleUnreadable, "parameter"),
    Circumstance("ENOMEM", "ENOMEM", .made(), is: .moduleUnreadable, "no room"),
    Circumstance(
      nil, "success without the module", .made(["/etc/modprobe.d/a.conf": "install sctp /bin/true\n"]),
      is: .installCommand, "/etc/modprobe.d/a.conf:1"),
  ])
  private func `an errno is explained by what the node shows`(circumstance: Circumstance) {
    let failure = LoadFailure(module: sctp, error: circumstance.error)
    let blocker = LoadExplanation.blocker(for: failure, node: circumstance.node)
    #expect(blocker.reason == circumstance.reason)
    #expect(blocker.sentence.contains(circumstance.words), "\(blocker.sentence)")
    #expect(!blocker.remedy.isEmpty)
  }

  @Test func `a library that libkmod does not find is not taken for a refused parameter`() {
    let line = "xz: can't load and resolve symbols (No such file or directory)"
    let failure = LoadFailure(module: sctp, error: "EINVAL", log: ["inserting module", line])
    let blocker = LoadExplanation.blocker(for: failure, node: .made())
    #expect(blocker.reason == .moduleUnreadable)
    #expect(blocker.sentence.contains("this libkmod cannot decompress \(file): \(line)"), "\(blocker.sentence)")
    #expect(!LoadExplanation.isOfTheFile(failure))
  }
}
