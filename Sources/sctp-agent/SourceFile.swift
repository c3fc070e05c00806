import Glibc
import Linux
import LinuxNode
import MachineIntent
import NodeAgent

/// Files that a user names on the command line. They can be pipes.
enum SourceFile {
  /// A failure with its reason, a whole sentence.
  struct Failure: Error, CustomStringConvertible {
    let reason: String

    var description: String { reason }
  }

  /// Returns the file, or every YAML and JSON file directly in the directory, by name.
  static func documents(at path: String) throws(Failure) -> [IntentDocument] {
    if path == "-" { return [IntentDocument(name: path, bytes: try standardInput())] }
    guard let directory = opendir(path) else {
      guard errno == ENOTDIR else { throw failure("read", path) }
      return [IntentDocument(name: path, bytes: try read(path))]
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if IntentSources.suffixes.contains(where: name.hasSuffix) { names.append(name) }
    }
    guard !names.isEmpty else {
      throw Failure(reason: "the directory '\(path)' holds no *.yaml, *.yml or *.json; name one that does")
    }
    var documents: [IntentDocument] = []
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      documents.append(IntentDocument(name: file, bytes: try read(file)))
    }
    return documents
  }

  /// Returns the bytes of standard input, at most one byte more than an intent may have.
  static func standardInput() throws(Failure) -> [UInt8] { try read(descriptor: STDIN_FILENO, named: "-") }

  /// Returns the bytes of a file, at most one byte more than an intent may have. Throws what open(2) or read(2) says.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, named: path)
  }

  private static func read(descriptor: Int32, named path: String) throws(Failure) -> [UInt8] {
    do throws(Errno) {
      return try Syscall.read(from: descriptor, upTo: IntentSources.byteLimit)
    } catch {
      throw failure("read", path, error)
    }
  }

  /// Returns what errno says about the call just made.
  static func failure(_ operation: String, _ path: String, _ error: Errno = .last) -> Failure {
    Failure(reason: "failed to \(operation) '\(path)': \(error)")
  }
}
