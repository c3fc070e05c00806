import Modprobe
package import NodeAgent
import Reconcile
import Testing

/// What every `KernelModules` does, as far as it can be seen without a kernel that loads modules.
///
/// The one under test has no module tree, and of `sctp` the line `install sctp /bin/echo no`.
package enum KernelModulesContract {
  package static let installCommand = "/bin/echo no"

  package static func namesTheInstallCommandAndDoesNotRunIt(_ kernel: any KernelModules) {
    let failure = failure(kernel, "sctp")
    #expect(failure?.refusedCommand == installCommand)
    #expect(failure != nil && failure?.error == nil)
  }

  package static func anUnknownModuleIsENOENT(_ kernel: any KernelModules) {
    let failure = failure(kernel, "no_such_module")
    #expect(failure?.error == "ENOENT")
    #expect(failure?.module == ModuleName("no-such-module"))
    #expect(failure?.refusedCommand == nil)
  }

  private static func failure(_ kernel: any KernelModules, _ name: String) -> LoadFailure? {
    do throws(LoadFailure) {
      try kernel.load(ModuleName(name))
      return nil
    } catch {
      return error
    }
  }
}
