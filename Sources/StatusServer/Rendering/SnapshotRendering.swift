import FoundationEssentials
package import Reconcile

/// Renders the answers of one pass after another. There may be hundreds of files, and a pass changes few of them: only
/// those are encoded again.
package struct SnapshotRendering {
  private let build: BuildVersion
  private let encoder = JSONEncoder()
  /// The files of the last document and their JSON, by path.
  private var files: [String: (file: StatusDocument.File, json: [UInt8])] = [:]

  package init(build: BuildVersion) {
    self.build = build
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  /// Renders one document. Throws if the encoder does.
  package mutating func snapshot(of document: StatusDocument, history: History) throws -> PublishedSnapshot {
    var length = StatusLength()
    var status = try status(length.cut(document))
    while status.count > StatusLength.limit, !length.isShortest {
      length.halve()
      status = try self.status(length.cut(document))
    }
    let metrics = MetricsExposition(document: document, history: history, build: build)
    return PublishedSnapshot(
      ready: document.ready, status: status, etag: Self.etag(status),
      readyz: Array(ReadyzText.text(document.conditions).utf8),
      page: { [build] in StatusPage(document: document, build: build).text },
      version: try Array(encoder.encode(build)) + [Octet.lineFeed],
      metrics: { Array(metrics.text(.prometheusText).utf8) },
      openMetrics: { Array(metrics.text(.openMetrics).utf8) })
  }

  /// Encodes the document. The members that matter most to a person come first.
  private mutating func status(_ document: StatusDocument) throws -> [UInt8] {
    let files = try json(of: document.files)
    let members: [(name: String, json: [UInt8]?)] = try [
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

  private func encode(_ value: some Encodable) throws -> [UInt8] { Array(try encoder.encode(value)).printableJSON }

  private mutating func json(of list: [StatusDocument.File]) throws -> [UInt8] {
    var current: [String: (file: StatusDocument.File, json: [UInt8])] = [:]
    var bytes: [UInt8] = []
    for file in list {
      let json = if let known = files[file.path], known.file == file { known.json } else { try encode(file) }
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
