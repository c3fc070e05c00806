import Glibc
import LinuxNode
import MachineIntent
import NodeAgent
import NodeTesting
import Reconcile
import Synchronization
import Testing

/// Somebody changes a path between the agent's look at it and the agent's own change.
@Suite struct ConcurrentRewriteTests {
  private static let path = "/etc/modprobe.d/a.conf"
  private static let new = Array("new".utf8)

  private static var file: FileWrite {
    FileWrite(path: path, contents: new, mode: FileMode(0o644), account: .root)
  }

  /// Counts the calls of one name, and does something before the agent goes on.
  private final class Meanwhile: Sendable {
    private let left: Mutex<Int>
    let act: @Sendable () -> Void

    init(_ times: Int, _ act: @escaping @Sendable () -> Void) {
      left = Mutex(times)
      self.act = act
    }

    func happens() {
      let isDue = left.withLock {
        $0 -= 1
        return $0 >= 0
      }
      if isDue { act() }
    }
  }

  /// A node with the file, which somebody changes as soon as the agent has written its temporary file, `times` times.
  private func node(times: Int = 1, _ change: @escaping @Sendable (_ path: String) -> Void) -> TemporaryRoot {
    let calls = RecordingCalls()
    let root = TemporaryRoot(calls: calls)
    root.plant(Self.path, "seen")
    let path = root.path + Self.path
    let meanwhile = Meanwhile(times) { change(path) }
    calls.watch {
      let last = calls.calls.last?.name
      if last == "fsync" || last == "exchange" { meanwhile.happens() }
    }
    return root
  }

  private static func rewrite(_ path: String, _ text: String) {
    let file = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, 0o640)
    precondition(write(file, text, text.utf8.count) == text.utf8.count)
    close(file)
    precondition(rename(path + ".new", path) == 0)
  }

  private func names(_ root: TemporaryRoot) throws -> [String] { try root.names(in: "/etc/modprobe.d") ?? [] }

  @Test func `a rewrite in between stays in place`() throws {
    let root = node { Self.rewrite($0, "theirs") }
    let seen = try root.entry(Self.path)
    #expect(try !root.write(Self.file, over: .exactly(seen)))
    #expect(try root.read(Self.path, limit: 10) == Array("theirs".utf8))
    #expect(try root.entry(Self.path)?.mode == FileMode(0o640))
    #expect(try names(root) == ["a.conf"])
  }

  @Test func `of several rewrites the newest stays in place`() throws {
    let version = Mutex(0)
    let root = node(times: 4) { path in
      let number = version.withLock {
        $0 += 1
        return $0
      }
      Self.rewrite(path, "version \(number)")
    }
    let seen = try root.entry(Self.path)
    #expect(try !root.write(Self.file, over: .exactly(seen)))
    #expect(try root.read(Self.path, limit: 100) == Array("version 4".utf8))
    #expect(try names(root) == ["a.conf"])
  }

  @Test func `what is removed in between stays removed`() throws {
    let root = node { unlink($0) }
    let seen = try root.entry(Self.path)
    #expect(try !root.write(Self.file, over: .exactly(seen)))
    #expect(try names(root) == [])
  }

  @Test func `what is made in between is not replaced`() throws {
    let root = node { Self.rewrite($0, "theirs") }
    root.takeAway(Self.path)
    #expect(try !root.write(Self.file, over: .exactly(nil)))
    #expect(try root.read(Self.path, limit: 10) == Array("theirs".utf8))
    #expect(try names(root) == ["a.conf"])
  }

  @Test func `a directory that is made in between stays`() throws {
    let root = node { path in
      unlink(path)
      mkdir(path, 0o755)
    }
    let seen = try root.entry(Self.path)
    #expect(try !root.write(Self.file, over: .exactly(seen)))
    #expect(try root.entry(Self.path)?.kind == .directory)
    #expect(try names(root) == ["a.conf"])
  }

  @Test func `a removal takes nothing but what was seen`() throws {
    let root = TemporaryRoot()
    root.plant(Self.path, "seen")
    let seen = try root.entry(Self.path)
    root.plant(Self.path, "theirs")
    #expect(try !root.remove(Self.path, expecting: .exactly(seen)))
    #expect(try root.read(Self.path, limit: 10) == Array("theirs".utf8))
    #expect(try root.remove(Self.path, expecting: .exactly(root.entry(Self.path))))
    #expect(try names(root) == [])
  }

  @Test func `what is as seen is replaced, where names cannot be exchanged too`() throws {
    for fault in [nil, RecordingCalls.Fault.every("exchange", errno: EINVAL), .every("exchange", errno: ENOSYS)] {
      let root = TemporaryRoot(calls: RecordingCalls(fault))
      root.plant(Self.path, "seen")
      #expect(try root.write(Self.file, over: .exactly(root.entry(Self.path))))
      #expect(try root.read(Self.path, limit: 10) == Self.new)
      #expect(try names(root) == ["a.conf"])
    }
  }

  @Test func `the power can go at any moment of an exchange`() throws {
    let calls = RecordingCalls()
    let root = TemporaryRoot(calls: calls)
    root.plant(Self.path, "seen")
    let seen = try root.entry(Self.path)
    calls.clear()
    #expect(try root.write(Self.file, over: .exactly(seen)))
    var model = JournalModel(holding: ["a.conf": Array("seen".utf8)])
    for call in calls.calls {
      model.apply(call)
      for state in model.states {
        #expect((state["a.conf"] ?? [[]]).allSatisfy { $0 == Array("seen".utf8) || $0 == Self.new }, "\(call)")
      }
    }
    #expect(model.states == [["a.conf": [Self.new]]])
  }
}
