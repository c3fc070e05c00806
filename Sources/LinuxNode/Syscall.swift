import Glibc

/// Repeats interrupted system calls, and turns their errno into an error.
enum Syscall {
  /// Returns the result of a libc call in the kernel's own form: a negative one is an error number.
  @inline(__always)
  static func raw(_ result: some SignedInteger) -> Int { result < 0 ? -Int(errno) : Int(result) }

  /// Makes the call until it is not interrupted. `call` returns the kernel's form.
  @discardableResult
  @inline(__always)
  static func check(_ call: () -> Int) throws(Errno) -> Int {
    var result = call()
    while result == -Int(EINTR) { result = call() }
    guard result >= 0 else { throw Errno(Int32(truncatingIfNeeded: -result)) }
    return result
  }

  /// Returns nil if the body throws ENOENT: the object is not there, or no longer.
  static func ifThere<Value: ~Copyable>(_ body: () throws(Errno) -> Value) throws(Errno) -> Value? {
    do throws(Errno) {
      return try body()
    } catch {
      guard error.rawValue == ENOENT else { throw error }
      return nil
    }
  }

  /// Returns the bytes that a call puts into a buffer of `size` bytes. The call returns their number.
  static func bytes(
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
}
