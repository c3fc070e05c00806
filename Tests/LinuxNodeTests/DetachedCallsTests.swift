import Glibc
import Linux
import LinuxNode
import Reconcile
import Synchronization
import Testing

/// A call that does not return before the test says so.
private final class Gate: Sendable {
  private let event: EventDescriptor

  init() throws { event = try EventDescriptor() }

  func open() { event.signal() }

  func wait() {
    var descriptor = pollfd(fd: event.descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&descriptor, 1, -1) < 0 {}
  }
}

private func becomesReadable(_ descriptor: Int32) -> Bool {
  var descriptor = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&descriptor, 1, 20_000) == 1
}

@Suite struct DetachedCallsTests {
  @Test func `a call that ends in time gives its value`() throws {
    let calls = DetachedCalls(patience: .seconds(60), interruption: nil, lateEnd: nil)
    #expect(try calls.run("adding") { 1 + 1 } == 2)
    #expect(calls.unfinished == nil)
  }

  @Test func `the caller goes on beside a call that does not return, and hears when it does`() throws {
    let (gate, lateEnd) = (try Gate(), try EventDescriptor())
    let calls = DetachedCalls(patience: .milliseconds(20), interruption: nil, lateEnd: lateEnd)
    let late = Mutex<Int?>(nil)
    let value = try calls.run("waiting", late: { value in late.withLock { $0 = value } }) {
      gate.wait()
      return 7
    }
    #expect(value == nil)
    #expect(calls.unfinished?.subject == "waiting")
    // It would have to wait for the first one.
    #expect(try calls.run("another") { 1 } == nil)
    gate.open()
    #expect(becomesReadable(lateEnd.descriptor))
    #expect(late.withLock { $0 } == 7)
    #expect(calls.unfinished == nil)
    #expect(try DetachedCalls(patience: .seconds(60), interruption: nil, lateEnd: nil).run("another") { 1 } == 1)
  }

  @Test func `a signal ends the wait`() throws {
    let (gate, signal) = (try Gate(), try EventDescriptor())
    defer { gate.open() }
    signal.signal()
    let calls = DetachedCalls(patience: .seconds(3600), interruption: signal.descriptor, lateEnd: nil)
    #expect(try calls.run("waiting") { gate.wait() } == nil)
  }
}
