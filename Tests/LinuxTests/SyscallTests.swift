import Glibc
import Testing

@testable import Linux

@Suite struct SyscallTests {
  @Test func `an interrupted call is repeated`() throws {
    var results = [-Int(EINTR), -Int(EINTR), 7]
    #expect(try Syscall.check { results.removeFirst() } == 7)
    #expect(results.isEmpty)
  }

  @Test func `a failed call throws its number`() {
    #expect(throws: Errno(EROFS)) { try Syscall.check { -Int(EROFS) } }
  }

  @Test func `what is not there is nil, and other failures are thrown`() throws {
    #expect(try Syscall.ifThere { () throws(Errno) -> Int in throw Errno(ENOENT) } == nil)
    #expect(throws: Errno(EACCES)) { try Syscall.ifThere { () throws(Errno) -> Int in throw Errno(EACCES) } }
  }

  /// More than a pipe holds, so that one call cannot write or read it.
  @Test func `all bytes are written and read, in however many calls`() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (input, output) = (ends[0], ends[1])
    defer { close(input) }
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let writer = try PosixThread(named: "writer") {
      try? Syscall.write(bytes, to: output)
      close(output)
    }
    #expect(try Syscall.read(from: input, upTo: 2_000_000) == bytes)
    writer.join()
  }

  @Test func `a limit ends the reading`() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    try Syscall.write([1, 2, 3, 4], to: ends[1])
    #expect(try Syscall.read(from: ends[0], upTo: 3) == [1, 2, 3])
  }

  @Test func `writing to a descriptor that is closed throws`() {
    #expect(throws: Errno(EBADF)) { try Syscall.write([1], to: -1) }
    #expect(throws: Errno(EBADF)) { try Syscall.read(from: -1, upTo: 1) }
  }

  @Test func `the time left decides how long poll waits`() throws {
    var none: [pollfd] = []
    #expect(try Syscall.poll(&none) { .zero } == 0)
    let event = try EventDescriptor()
    var descriptors = [pollfd(fd: event.descriptor, events: Int16(POLLIN), revents: 0)]
    event.signal()
    #expect(try Syscall.poll(&descriptors) { nil } == 1)
    #expect(event.drain())
    #expect(!event.drain())
  }
}
