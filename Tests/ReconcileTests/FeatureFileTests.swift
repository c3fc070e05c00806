import MachineIntent
import Reconcile
import Testing

private let noon = Timestamp(milliseconds: 1_795_521_600_999)

private let file = FeatureFile(directory: "/features.d/", resync: 60)

/// What is written at `moment` where nothing is there.
private func written(at moment: Timestamp) throws -> FileWrite {
  let step = file.step(usable: true, current: nil, at: moment)
  guard case .write(let write, because: .announces)? = step else { throw NoWrite() }
  return write
}

private struct NoWrite: Error {}

private func entry(_ write: FileWrite, mode: FileMode = FileMode(0o644)) -> FileEntry {
  FileEntry(path: write.path, kind: .regular, mode: mode, account: .root, contents: write.contents)
}

@Suite struct FeatureFileTests {
  @Test func `a ready node has a feature file that expires`() throws {
    let write = try written(at: noon)
    #expect(write.path == "/features.d/sctp-agent")
    #expect(write.mode == FileMode(0o644))
    #expect(
      String(decoding: write.contents, as: UTF8.self) == """
        # Written by sctp-agent while SCTP is usable on this node.
        # +expiry-time=2026-11-24T12:05:00Z
        feature.node.kubernetes.io/sctp=true

        """)
  }

  @Test func `the feature file is renewed when half of its time is over`() throws {
    let current = entry(try written(at: noon))
    #expect(file.step(usable: true, current: current, at: noon) == nil)
    #expect(file.step(usable: true, current: current, at: noon.adding(seconds: 149)) == nil)
    let late = noon.adding(seconds: 151)
    #expect(file.step(usable: true, current: current, at: late) == .write(try written(at: late), because: .announces))
  }

  @Test func `an expiry beyond its time is written again`() throws {
    let current = entry(try written(at: noon.adding(seconds: 3600)))
    #expect(file.step(usable: true, current: current, at: noon) == .write(try written(at: noon), because: .announces))
  }

  @Test func `something else than a feature file is replaced`() throws {
    let write = try written(at: noon)
    let others = [
      entry(write, mode: FileMode(0o600)),
      FileEntry(path: write.path, kind: .fifo, mode: FileMode(0o644), account: .root, contents: nil),
      entry(FileWrite(path: write.path, contents: [], mode: FileMode(0o644), account: .root)),
    ]
    for other in others {
      #expect(file.step(usable: true, current: other, at: noon) == .write(write, because: .announces))
    }
  }

  @Test func `a node that is not ready has no feature file`() throws {
    #expect(file.step(usable: false, current: nil, at: noon) == nil)
    #expect(file.step(usable: false, current: entry(try written(at: noon)), at: noon) == .remove(path: file.path))
  }

  @Test func `a feature file outlives five passes`() throws {
    let slow = FeatureFile(directory: "/features.d", resync: 3600)
    guard case .write(let write, because: _)? = slow.step(usable: true, current: nil, at: noon) else { throw NoWrite() }
    #expect(String(decoding: write.contents, as: UTF8.self).contains("expiry-time=2026-11-24T17:00:00Z"))
  }
}
