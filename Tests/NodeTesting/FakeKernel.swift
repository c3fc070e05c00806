import MachineIntent
package import Modprobe
package import NodeAgent
package import Reconcile
import Synchronization

/// A kernel that takes what it is told to take, and shows it in a sysfs in memory.
package final class FakeKernel: KernelModules {
  package enum Outcome: Sendable {
    case loads
    /// Pretends to load, like `install NAME /bin/true`: nobody objects, and nothing is there.
    case pretends
    case refuses(String)
    case hasInstallCommand(String)
    /// The kernel does not answer until the outcome changes.
    case hangs(since: Timestamp)
  }

  private struct State {
    var outcomes: [ModuleName: Outcome]
    var asked: [ModuleName] = []
    var inspections: [String: ModuleInspection] = [:]
  }

  private let sysfs: InMemoryFiles
  private let state: Mutex<State>

  /// A module without an outcome is not in the kernel's tree.
  package init(sysfs: InMemoryFiles, outcomes: [ModuleName: Outcome]) {
    self.sysfs = sysfs
    state = Mutex(State(outcomes: outcomes))
  }

  /// Every load that was asked for, in order.
  package var asked: [ModuleName] { state.withLock { $0.asked } }

  package func set(_ module: ModuleName, to outcome: Outcome?) { state.withLock { $0.outcomes[module] = outcome } }

  package func set(_ file: String, to inspection: ModuleInspection) {
    state.withLock { $0.inspections[file] = inspection }
  }

  package func load(_ module: ModuleName) throws(LoadFailure) {
    let outcome = state.withLock { state in
      state.asked.append(module)
      return state.outcomes[module]
    }
    switch outcome {
    case .loads:
      sysfs.plant("/module/\(module)/initstate", "live\n", mode: FileMode(0o444))
      sysfs.plant("/module/\(module)/refcnt", "2\n", mode: FileMode(0o444))
    case .pretends: break
    case .refuses(let error): throw LoadFailure(module: module, error: error)
    case .hangs: throw LoadFailure(module: module, isUnfinished: true)
    case .hasInstallCommand(let command): throw LoadFailure(module: module, refusedCommand: command)
    case nil: throw LoadFailure(module: module, error: "ENOENT")
    }
  }

  package var unfinishedWork: UnfinishedModuleWork? {
    state.withLock { state in
      for module in state.asked {
        if case .hangs(let since)? = state.outcomes[module] {
          return UnfinishedModuleWork(subject: "loading \(module)", since: since)
        }
      }
      return nil
    }
  }

  package func inspect(_ file: String) -> ModuleInspection {
    state.withLock { $0.inspections[file] } ?? ModuleInspection(signed: true, unreadable: nil)
  }
}
