import Glibc
import Linux
import MachineIntent

/// The directory that `render --kustomize` writes.
struct KustomizeDirectory {
  let path: String

  /// Writes every file, or none if one of them was not written by this program.
  func write(_ tree: KustomizeTree) throws(SourceFile.Failure) {
    for file in tree.files { try refuseForeign("\(path)/\(file.path)", wanted: file.contents) }
    for file in tree.files {
      try makeParents(of: file.path)
      try replace("\(path)/\(file.path)", with: file.contents)
    }
  }

  private func refuseForeign(_ file: String, wanted: String) throws(SourceFile.Failure) {
    guard access(file, F_OK) == 0 else { return }
    let found = try SourceFile.read(file)
    guard found.starts(with: KustomizeTree.marker.utf8) || found.elementsEqual(wanted.utf8) else {
      throw SourceFile.Failure(
        reason:
          "failed to write '\(file)': it exists and was not written by sctp-agent; move it or name another directory")
    }
  }

  private func makeParents(of file: String) throws(SourceFile.Failure) {
    try makeDirectory(path)
    var directory = path
    for part in file.split(separator: "/").dropLast() {
      directory += "/\(part)"
      try makeDirectory(directory)
    }
  }

  private func makeDirectory(_ directory: String) throws(SourceFile.Failure) {
    guard mkdir(directory, 0o777) != 0, errno != EEXIST else { return }
    throw SourceFile.failure("create directory", directory)
  }

  private func replace(_ file: String, with contents: String) throws(SourceFile.Failure) {
    let temporary = "\(file).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SourceFile.failure("write", temporary) }
    do throws(Errno) {
      defer { close(descriptor) }
      try Syscall.write(contents.utf8, to: descriptor)
    } catch {
      unlink(temporary)
      throw SourceFile.failure("write", temporary, error)
    }
    guard rename(temporary, file) == 0 else {
      let failure = SourceFile.failure("write", file)
      unlink(temporary)
      throw failure
    }
  }
}
