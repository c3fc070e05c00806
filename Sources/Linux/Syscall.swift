package import Glibc

/// Repeats interrupted system calls, and turns their errno into an error.
package enum Syscall {
  /// Returns the result of a libc call in the kernel's own form: a negative one is an error number.
  @inline(__always)
  package static func raw(_ result: some SignedInteger) -> Int { result < 0 ? -Int(errno) : Int(result) }

  /// Makes the call until it is not interrupted. `call` returns the kernel's form.
  @discardableResult
  @inline(__always)
  package static func check(_ call: () -> Int) throws(Errno) -> Int {
    var result = call()
    while result == -Int(EINTR) { result = call() }
    guard result >= 0 else { throw Errno(Int32(truncatingIfNeeded: -result)) }
    return result
  }

  /// Returns nil if the body throws ENOENT: the object is not there, or no longer.
  package static func ifThere<Value: ~Copyable>(_ body: () throws(Errno) -> Value) throws(Errno) -> Value? {
    do throws(Errno) {
      return try body()
    } catch {
      guard error.rawValue == ENOENT else { throw error }
      return nil
    }
  }

  /// Returns the bytes that a call puts into a buffer of `size` bytes. The call returns their number.
  package static func bytes(
    upTo size: Int, _ call: (UnsafeMutableRawBufferPointer) -> Int
  ) throws(Errno) -> [UInt8] {
    var failure: Errno?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      do throws(Errno) {
        count = try check { call(UnsafeMutableRawBufferPointer(buffer)) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all bytes to a descriptor. Throws what write(2) says.
  package static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) throws(Errno) {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      rest = rest.dropFirst(
        try check { raw(rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }) })
    }
  }

  /// Returns the bytes of a descriptor up to its end, and at most `limit` of them. Throws what read(2) says.
  package static func read(from descriptor: Int32, upTo limit: Int) throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_size > 0 { bytes.reserveCapacity(min(Int(status.st_size), limit)) }
    while bytes.count < limit {
      let piece = try self.bytes(upTo: min(256 * 1024, limit - bytes.count)) {
        raw(Glibc.read(descriptor, $0.baseAddress, $0.count))
      }
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }

  /// Waits until one of the descriptors is ready, with poll(2). Returns their number, which is 0 if the time is over.
  ///
  /// - Parameters:
  ///   - descriptors: what to wait for. Their `revents` say what happened.
  ///   - remaining: the time that is left. It is asked again after each interruption; nil waits for ever.
  @discardableResult
  package static func poll(_ descriptors: inout [pollfd], _ remaining: () -> Duration?) throws(Errno) -> Int {
    try check { raw(Glibc.poll(&descriptors, nfds_t(descriptors.count), remaining()?.pollMilliseconds ?? -1)) }
  }
}
