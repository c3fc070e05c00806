import MachineIntent
import Reconcile
import Testing

@Suite struct HistoryTests {
  private func verdict(_ path: String) -> FileVerdict {
    FileVerdict(path: path, owner: .override, contents: [], mode: FileMode(0o644), drift: .blocks)
  }

  @Test func filesThatAreGoneAreForgottenFromTheOldestOn() {
    var history = History()
    for turn in 0..<10_000 {
      let now = Timestamp(milliseconds: Int64(turn))
      _ = history.found([verdict("/declared"), verdict("/passing/\(turn)")], converged: true, at: now)
    }
    #expect(history.files.count < 300)
    #expect(history.files["/declared"]?.drifts[.blocks] == 10_000)
    #expect(history.files["/passing/9999"] != nil && history.files["/passing/0"] == nil)
    #expect(history.driftTotal == 20_000)
  }
}
