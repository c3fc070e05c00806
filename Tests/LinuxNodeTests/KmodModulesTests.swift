import Glibc
import LinuxNode
import MachineIntent
import Modprobe
import NodeAgent
import NodeTesting
import Reconcile
import Testing

@Suite struct KmodModulesTests {
  private static let tree = "/lib/modules/1.2.3"

  private func kernel(_ root: TemporaryRoot) -> KmodModules {
    KmodModules(
      files: root.files, moduleDirectory: Self.tree, configurationDirectories: ["/etc/modprobe.d", "/lib/modprobe.d"])
  }

  private func failure(_ kernel: KmodModules, _ module: String) -> LoadFailure? {
    do throws(LoadFailure) {
      try kernel.load(ModuleName(module))
      return nil
    } catch {
      return error
    }
  }

  @Test func libkmodKeepsTheContract() {
    let root = TemporaryRoot()
    root.plant("/etc/modprobe.d/a.conf", "install sctp \(KernelModulesContract.installCommand)\n")
    KernelModulesContract.namesTheInstallCommandAndDoesNotRunIt(kernel(root))
    KernelModulesContract.anUnknownModuleIsENOENT(kernel(root))
  }

  @Test func theFakeKernelKeepsTheContract() {
    let kernel = FakeKernel(
      sysfs: InMemoryFiles(),
      outcomes: [ModuleName("sctp"): .hasInstallCommand(KernelModulesContract.installCommand)])
    KernelModulesContract.namesTheInstallCommandAndDoesNotRunIt(kernel)
    KernelModulesContract.anUnknownModuleIsENOENT(kernel)
  }

  /// What libkmod would wait for, or read without end, if it opened the node's files itself.
  private static let odd: [@Sendable (TemporaryRoot) -> Void] = [
    { $0.plantFIFO("/etc/modprobe.d/f.conf") },
    { $0.plantLink("/etc/modprobe.d/z.conf", to: "/dev/zero") },
    { truncate($0.plantedPath("/etc/modprobe.d/z.conf"), 8 << 30) },
    { $0.plantFIFO("\(tree)/modules.softdep") },
    { $0.plantFIFO("\(tree)/modules.dep.bin") },
    { $0.plantFIFO("\(tree)/modules.alias.bin") },
    { $0.plantFIFO("\(tree)/modules.builtin.bin") },
    { truncate($0.plantedPath("\(tree)/modules.dep"), 8 << 30) },
  ]

  @Test(arguments: odd.indices)
  func `libkmod does not open what is no regular file of a bearable size`(index: Int) {
    let root = TemporaryRoot()
    root.plant("/etc/modprobe.d/a.conf", "install sctp /bin/echo no\n")
    Self.odd[index](root)
    let failure = failure(kernel(root), "sctp")
    #expect(failure?.isUnfinished == false)
    #expect(failure?.refusedCommand == "/bin/echo no" || failure?.obstacle != nil)
  }

  @Test func `a module whose file is a FIFO is not opened`() {
    let root = TemporaryRoot()
    root.plant("\(Self.tree)/modules.dep", "sctp.ko: crc.ko\ncrc.ko:\n")
    root.plantFIFO("\(Self.tree)/crc.ko")
    root.plant("\(Self.tree)/sctp.ko", "")
    let failure = failure(kernel(root), "sctp")
    #expect(
      failure?.obstacle?.description
        == "failed to read '\(Self.tree)/crc.ko': it is a FIFO, not a regular file; replace it")
    let inspection = kernel(root).inspect("\(Self.tree)/crc.ko")
    #expect(inspection.unreadable == "it is a FIFO, not a regular file; replace it")
    #expect(inspection.damage == inspection.unreadable)
  }

  @Test func `a link that leads out of the root is not followed`() {
    let outside = TemporaryRoot()
    outside.plant("/rules.conf", "install sctp /bin/outside\n")
    let root = TemporaryRoot()
    root.plantDirectory("/etc/modprobe.d")
    root.plantLink("/etc/modprobe.d/a.conf", to: "\(outside.path)/rules.conf")
    root.plant("\(outside.path)/rules.conf", "install sctp /bin/inside\n")
    #expect(failure(kernel(root), "sctp")?.refusedCommand == "/bin/inside")
  }

  @Test func `nothing is left behind, and what a killed agent left is removed`() throws {
    let root = TemporaryRoot()
    root.plant("/run/sctp-agent/kmod.dead/modprobe.d/a.conf", "blacklist sctp\n")
    root.plant("/run/sctp-agent/mine", "")
    root.plant("/etc/modprobe.d/a.conf", "install sctp /bin/false\n")
    #expect(failure(kernel(root), "sctp")?.refusedCommand == "/bin/false")
    #expect(try root.names(in: "/run/sctp-agent") == ["mine"])
  }

  @Test func `the state directory serves where the runtime directory cannot be made`() throws {
    let root = TemporaryRoot()
    root.plant("/run", "")
    root.plant("/etc/modprobe.d/a.conf", "install sctp /bin/false\n")
    #expect(failure(kernel(root), "sctp")?.refusedCommand == "/bin/false")
    #expect(try root.names(in: "/var/lib/sctp-agent") == [])
    root.takeAway("/var")
    root.plant("/var", "")
    let neither = failure(kernel(root), "sctp")
    #expect(neither?.obstacle?.path == "/run/sctp-agent")
    let blocker = neither.map { LoadExplanation.blocker(for: $0, node: NodeState.empty) }
    #expect(blocker?.reason == .loadNotPrepared)
  }

  @Test func noProgramIsRun() {
    let root = TemporaryRoot()
    let witness = "\(root.path)/it-ran"
    root.plant("/etc/modprobe.d/a.conf", "install sctp /bin/touch \(witness)\n")
    #expect(failure(kernel(root), "sctp")?.refusedCommand == "/bin/touch \(witness)")
    #expect(access(witness, F_OK) != 0)
  }

  @Test func theFirstDirectoryWins() {
    let root = TemporaryRoot()
    root.plant("/lib/modprobe.d/a.conf", "install sctp /bin/lower\n")
    #expect(failure(kernel(root), "sctp")?.refusedCommand == "/bin/lower")
    root.plant("/etc/modprobe.d/a.conf", "install sctp /bin/higher\n")
    #expect(failure(kernel(root), "sctp")?.refusedCommand == "/bin/higher")
  }

  @Test func anEditInPlaceIsSeenByTheNextLoad() {
    let root = TemporaryRoot()
    root.plant("/etc/modprobe.d/a.conf", "install sctp /bin/one\n")
    let kernel = kernel(root)
    #expect(failure(kernel, "sctp")?.refusedCommand == "/bin/one")
    root.plant("/etc/modprobe.d/a.conf", "install sctp /bin/two\n")
    #expect(failure(kernel, "sctp")?.refusedCommand == "/bin/two")
  }

  @Test func aLinkedDirectoryIsResolvedInsideTheRoot() {
    let root = TemporaryRoot()
    root.plant("/usr/lib/modprobe.d/a.conf", "install sctp /bin/inside\n")
    root.plantLink("/lib", to: "/usr/lib")
    #expect(failure(kernel(root), "sctp")?.refusedCommand == "/bin/inside")
  }

  @Test func theLogSaysWhichModuleHasTheCommand() {
    let root = TemporaryRoot()
    root.plant("/etc/modprobe.d/a.conf", "install sctp /bin/false\n")
    #expect(failure(kernel(root), "sctp")?.log.last == "install command of sctp was not run: /bin/false")
  }

  @Test(
    arguments: [
      ("cut.ko", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1]), ("bad.ko.xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 1, 2, 3]),
    ] as [(String, [UInt8])])
  func aModuleThatIsDamagedIsNoticed(_ name: String, _ bytes: [UInt8]) {
    let root = TemporaryRoot()
    root.plant("\(Self.tree)/\(name)", bytes, mode: FileMode(0o644))
    let inspection = kernel(root).inspect("\(Self.tree)/\(name)")
    #expect(inspection.damage?.hasPrefix("libkmod says ") == true)
    #expect(inspection.unreadable == nil)
  }

  @Test func aCompressionThatThisLibkmodDoesNotKnowIsNamed() {
    let root = TemporaryRoot()
    // gzip, which Debian's libkmod is built without; where it is built in, the file is a damaged one.
    root.plant("\(Self.tree)/a.ko.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], mode: FileMode(0o644))
    let inspection = kernel(root).inspect("\(Self.tree)/a.ko.gz")
    #expect(
      inspection.unreadable?.contains("built without the decompression of .gz files") == true
        || inspection.damage != nil)
  }

  @Test func aFileThatIsNoModuleCannotBeRead() {
    let root = TemporaryRoot()
    root.plant("\(Self.tree)/broken.ko", "this is no ELF file, whatever its name says\n")
    let inspection = kernel(root).inspect("\(Self.tree)/broken.ko")
    #expect(inspection.unreadable == nil)
    #expect(inspection.signed == nil)
    #expect(kernel(root).inspect("\(Self.tree)/none.ko").unreadable == "no such file or directory (ENOENT)")
  }
}

extension NodeState {
  fileprivate static var empty: NodeState {
    NodeState(
      surroundings: Surroundings(kernel: KernelState(release: "1.2.3", commandLine: KernelCommandLine())),
      modprobeDropIns: [], modulesLoadDropIns: [])
  }
}
