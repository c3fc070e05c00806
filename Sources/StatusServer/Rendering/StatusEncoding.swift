import FoundationEssentials
import Reconcile
import Synchronization

/// Encodes the document of `/status`. There may be hundreds of files, and a pass changes few of them: only those are
/// encoded again.
final class StatusEncoding: Sendable {
  private typealias Files = [String: (file: StatusDocument.File, json: [UInt8])]

  private let encoder: JSONEncoder
  /// The files of the last document and their JSON, by path.
  private let files = Mutex(Files())

  init() {
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  /// Returns the document, shortened where it would be too long.
  func text(of document: StatusDocument) -> StatusText {
    files.withLock { files in
      var length = StatusLength()
      var bytes = json(of: length.cut(document), &files)
      while bytes.count > StatusLength.limit, !length.isShortest {
        length.halve()
        bytes = json(of: length.cut(document), &files)
      }
      return StatusText(json: bytes, etag: Self.etag(bytes))
    }
  }

  /// Returns a value as one line of JSON.
  func json(of value: some Encodable) -> [UInt8] { encode(value) }

  /// Encodes the document. The members that matter most to a person come first.
  private func json(of document: StatusDocument, _ files: inout Files) -> [UInt8] {
    let files = json(of: document.files, &files)
    let members: [(name: String, json: [UInt8]?)] = [
      ("apiVersion", encode(document.apiVersion)), ("kind", encode(document.kind)), ("node", encode(document.node)),
      ("ready", encode(document.ready)), ("reason", encode(document.reason)), ("message", encode(document.message)),
      ("observedAt", encode(document.observedAt)), ("conditions", encode(document.conditions)),
      ("modules", encode(document.modules)), ("moreModules", document.moreModules.map(encode)), ("files", files),
      ("moreFiles", document.moreFiles.map(encode)), ("notes", encode(document.notes)),
      ("recent", encode(document.recent)), ("userland", encode(document.userland)),
      ("intent", encode(document.intent)), ("probe", encode(document.probe)),
      ("dataPath", encode(document.dataPath)), ("drift", encode(document.drift)),
      ("paths", encode(document.paths)),
      ("kernel", encode(document.kernel)), ("agent", encode(document.agent)),
    ]
    var bytes: [UInt8] = []
    for member in members {
      guard let json = member.json else { continue }
      bytes += "\(bytes.isEmpty ? "{" : ",")\"\(member.name)\":".utf8
      bytes += json
    }
    return bytes + "}\n".utf8
  }

  /// Encodes one member. One that could not be encoded is `null`, so that the rest is told.
  private func encode(_ value: some Encodable) -> [UInt8] {
    (try? encoder.encode(value)).map { Array($0).printableJSON } ?? Array("null".utf8)
  }

  private func json(of list: [StatusDocument.File], _ files: inout Files) -> [UInt8] {
    var current: Files = [:]
    var bytes: [UInt8] = []
    for file in list {
      let json = if let known = files[file.path], known.file == file { known.json } else { encode(file) }
      current[file.path] = (file, json)
      bytes.append(bytes.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
      bytes += json
    }
    files = current
    return (bytes.isEmpty ? Array("[".utf8) : bytes) + "]".utf8
  }

  /// Returns the 64-bit FNV-1a hash. The tag only has to differ between documents.
  private static func etag(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
