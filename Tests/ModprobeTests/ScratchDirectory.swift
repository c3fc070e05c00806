import FoundationEssentials
import Glibc

/// A directory for one test; its owner removes it.
struct ScratchDirectory {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "modprobe-tests-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  func createDirectory(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
  }

  func write(_ contents: [UInt8], to name: String) throws {
    try Data(contents).write(to: URL(filePath: "\(path)/\(name)"))
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
  }

  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)"))) }

  /// Runs a shell script here and returns what it prints.
  func shell(_ script: String) throws -> [UInt8] {
    try write(Array(script.utf8), to: "script.sh")
    guard let output = popen("cd '\(path)' && sh ./script.sh", "r") else { return [] }
    defer { pclose(output) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, output)
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }
}
