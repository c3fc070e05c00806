import Glibc
import LinuxNode
import Synchronization

/// The running kernel, with every call noted and any of them made to fail.
final class RecordingCalls: FileSystemCalls {
  /// One call as it was made; `object` is the name it was about, `.` for a directory itself.
  struct Call: Hashable, CustomStringConvertible {
    let name: String
    let object: String
    /// The bytes taken by a write, or the new name of a rename.
    var bytes: [UInt8] = []
    var target = ""
    var creates = false

    var description: String { "\(name) \(object)\(target.isEmpty ? "" : " \(target)")" }
  }

  /// What the calls from a certain one on answer instead of what the kernel would.
  enum Fault: Hashable, Sendable {
    /// The call of that number, counted from 0.
    case at(Int, errno: Int32)
    /// That call and every `unlinkat` after it, as when the process dies there.
    case deadlyAt(Int, errno: Int32)
    /// That call and all after it: the process is dead.
    case death(Int)
    /// Every call of that name.
    case every(String, errno: Int32)
    /// Each call is interrupted once before it is made.
    case interruptions
    /// The file system keeps the seconds of a time only.
    case wholeSeconds
    /// Each write takes no more than so many bytes.
    case shortWrites(Int)
  }

  private struct State {
    var calls: [Call] = []
    var fault: Fault?
    var names: [Int32: String] = [:]
    /// Descriptors that were opened by a path of this host.
    var roots: Set<Int32> = []
    var labels: [[UInt8]] = []
    var wasInterrupted = false
    var witness: (@Sendable () -> Void)?
  }

  private let kernel = LinuxCalls()
  private let state = Mutex(State())

  init(_ fault: Fault? = nil) { state.withLock { $0.fault = fault } }

  var calls: [Call] { state.withLock { $0.calls } }
  /// The descriptors that were opened and not closed, without one of the root, which stays open.
  var openCount: Int { state.withLock { $0.names.count - ($0.names.keys.contains(where: $0.roots.contains) ? 1 : 0) } }

  func clear() { state.withLock { $0.calls = [] } }
  func set(_ fault: Fault?) { state.withLock { $0.fault = fault } }

  /// Has the witness look after every call that is made.
  func watch(_ witness: @escaping @Sendable () -> Void) { state.withLock { $0.witness = witness } }

  /// What the next reads of a label answer, in order.
  func setLabels(_ labels: [String]) { state.withLock { $0.labels = labels.map { Array($0.utf8) } } }

  /// Notes the call, and makes it if the fault does not say otherwise.
  private func make(_ call: Call, _ body: () -> Int) -> Int {
    let answer: Int? = state.withLock { state in
      let number = state.calls.count
      switch state.fault {
      case .at(number, let errno), .deadlyAt(number, let errno):
        state.calls.append(call)
        return -Int(errno)
      case .deadlyAt(let first, let errno) where number > first && call.name == "unlinkat":
        state.calls.append(call)
        return -Int(errno)
      case .death(let first) where number >= first:
        state.calls.append(call)
        return -Int(EIO)
      case .every(call.name, let errno):
        state.calls.append(call)
        return -Int(errno)
      case .interruptions where !state.wasInterrupted && call.name != "close":
        state.wasInterrupted = true
        return -Int(EINTR)
      default:
        state.wasInterrupted = false
        state.calls.append(call)
        return nil
      }
    }
    let result = answer ?? body()
    state.withLock { $0.witness }?()
    return result
  }

  private func cut(_ status: inout stat) {
    guard state.withLock({ $0.fault }) == .wholeSeconds else { return }
    (status.st_mtim.tv_nsec, status.st_ctim.tv_nsec) = (0, 0)
  }

  private func name(_ file: Int32) -> String { state.withLock { $0.names[file] } ?? "?" }

  func openat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ flags: Int32, _ mode: UInt32) -> Int {
    let text = String(cString: name)
    let call = Call(name: "openat", object: text, creates: flags & O_CREAT != 0)
    let result = make(call) { kernel.openat(directory, name, flags, mode) }
    if result >= 0 {
      state.withLock {
        $0.names[Int32(result)] = flags & O_DIRECTORY != 0 ? "." : text
        if directory == AT_FDCWD { $0.roots.insert(Int32(result)) } else { $0.roots.remove(Int32(result)) }
      }
    }
    return result
  }

  func openInRoot(_ root: Int32, _ path: UnsafePointer<CChar>, _ flags: Int32) -> Int {
    let result = make(Call(name: "openInRoot", object: String(cString: path))) { kernel.openInRoot(root, path, flags) }
    if result >= 0 {
      state.withLock {
        $0.names[Int32(result)] = "."
        $0.roots.remove(Int32(result))
      }
    }
    return result
  }

  func close(_ file: Int32) -> Int {
    // A descriptor is gone whatever close(2) answers.
    let result = kernel.close(file)
    let call = Call(name: "close", object: name(file))
    state.withLock { _ = $0.names.removeValue(forKey: file) }
    return make(call) { result }
  }

  func fstat(_ file: Int32, _ status: inout stat) -> Int {
    let result = make(Call(name: "fstat", object: name(file))) { kernel.fstat(file, &status) }
    cut(&status)
    return result
  }

  func fstatat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ status: inout stat) -> Int {
    let result = make(Call(name: "fstatat", object: String(cString: name))) {
      kernel.fstatat(directory, name, &status)
    }
    cut(&status)
    return result
  }

  func readlinkat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    make(Call(name: "readlinkat", object: String(cString: name))) { kernel.readlinkat(directory, name, buffer) }
  }

  func getdents64(_ directory: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    make(Call(name: "getdents64", object: ".")) { kernel.getdents64(directory, buffer) }
  }

  func read(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    make(Call(name: "read", object: name(file))) { kernel.read(file, buffer) }
  }

  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    var taken = bytes
    if case .shortWrites(let limit) = state.withLock({ $0.fault }) {
      taken = UnsafeRawBufferPointer(rebasing: bytes.prefix(limit))
    }
    return make(Call(name: "write", object: name(file), bytes: Array(taken))) { kernel.write(file, taken) }
  }

  func ftruncate(_ file: Int32, _ size: Int) -> Int {
    make(Call(name: "ftruncate", object: name(file))) { kernel.ftruncate(file, size) }
  }

  func fchown(_ file: Int32, _ user: UInt32, _ group: UInt32) -> Int {
    make(Call(name: "fchown", object: name(file))) { kernel.fchown(file, user, group) }
  }

  func fchmod(_ file: Int32, _ mode: UInt32) -> Int {
    make(Call(name: "fchmod", object: name(file))) { kernel.fchmod(file, mode) }
  }

  func fgetxattr(_ file: Int32, _ name: UnsafePointer<CChar>, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    make(Call(name: "fgetxattr", object: self.name(file))) {
      let isLabel = strcmp(name, "security.selinux") == 0
      let label = state.withLock { $0.labels.isEmpty || !isLabel ? nil : $0.labels.removeFirst() }
      guard let label else { return kernel.fgetxattr(file, name, buffer) }
      buffer.copyBytes(from: label)
      return label.count
    }
  }

  func fsetxattr(_ file: Int32, _ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) -> Int {
    make(Call(name: "fsetxattr", object: self.name(file), bytes: Array(value))) {
      // Not every kernel that tests run on has labels.
      strcmp(name, "security.selinux") == 0 ? 0 : kernel.fsetxattr(file, name, value)
    }
  }

  func flistxattr(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    make(Call(name: "flistxattr", object: name(file))) { kernel.flistxattr(file, buffer) }
  }

  func fremovexattr(_ file: Int32, _ name: UnsafePointer<CChar>) -> Int {
    make(Call(name: "fremovexattr", object: self.name(file))) { kernel.fremovexattr(file, name) }
  }

  func inodeFlags(_ file: Int32, _ flags: inout UInt32) -> Int {
    make(Call(name: "inodeFlags", object: name(file))) { kernel.inodeFlags(file, &flags) }
  }

  func lock(_ file: Int32) -> Int { make(Call(name: "lock", object: name(file))) { kernel.lock(file) } }

  func fsync(_ file: Int32) -> Int { make(Call(name: "fsync", object: name(file))) { kernel.fsync(file) } }

  func renameat(_ directory: Int32, _ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int {
    make(Call(name: "renameat", object: String(cString: from), target: String(cString: to))) {
      kernel.renameat(directory, from, to)
    }
  }

  func exchange(_ directory: Int32, _ first: UnsafePointer<CChar>, _ second: UnsafePointer<CChar>) -> Int {
    make(Call(name: "exchange", object: String(cString: first), target: String(cString: second))) {
      kernel.exchange(directory, first, second)
    }
  }

  func renameToFree(_ directory: Int32, _ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int {
    make(Call(name: "renameat", object: String(cString: from), target: String(cString: to))) {
      kernel.renameToFree(directory, from, to)
    }
  }

  func unlinkat(_ directory: Int32, _ name: UnsafePointer<CChar>) -> Int {
    make(Call(name: "unlinkat", object: String(cString: name))) { kernel.unlinkat(directory, name) }
  }

  func rmdirat(_ directory: Int32, _ name: UnsafePointer<CChar>) -> Int {
    make(Call(name: "rmdirat", object: String(cString: name))) { kernel.rmdirat(directory, name) }
  }

  func mkdirat(_ directory: Int32, _ name: UnsafePointer<CChar>, _ mode: UInt32) -> Int {
    make(Call(name: "mkdirat", object: String(cString: name))) { kernel.mkdirat(directory, name, mode) }
  }

  func symlinkat(_ target: UnsafePointer<CChar>, _ directory: Int32, _ name: UnsafePointer<CChar>) -> Int {
    make(Call(name: "symlinkat", object: String(cString: name), target: String(cString: target))) {
      kernel.symlinkat(target, directory, name)
    }
  }
}
