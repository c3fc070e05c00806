import FoundationEssentials
package import Reconcile

/// Renders the answers of one pass after another. A pass changes few members of the document, and few of its files, of
/// which there may be hundreds: only those are encoded again.
package struct SnapshotRendering {
  private let build: BuildVersion
  private let encoder = JSONEncoder()
  /// The last document, and the JSON of its members by their names.
  private var last: StatusDocument?
  private var encoded: [String: [UInt8]] = [:]
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
    let last = last
    let members = try [
      member("apiVersion", document.apiVersion, last?.apiVersion), member("kind", document.kind, last?.kind),
      member("node", document.node, last?.node), member("ready", document.ready, last?.ready),
      member("reason", document.reason, last?.reason), member("message", document.message, last?.message),
      member("observedAt", document.observedAt, last?.observedAt),
      member("conditions", document.conditions, last?.conditions),
      member("modules", document.modules, last?.modules),
      member("moreModules", document.moreModules, last?.moreModules),
      Member(name: "files", json: json(of: document.files)),
      member("moreFiles", document.moreFiles, last?.moreFiles), member("notes", document.notes, last?.notes),
      member("recent", document.recent, last?.recent), member("userland", document.userland, last?.userland),
      member("intent", document.intent, last?.intent), member("probe", document.probe, last?.probe),
      member("dataPath", document.dataPath, last?.dataPath), member("drift", document.drift, last?.drift),
      member("paths", document.paths, last?.paths), member("kernel", document.kernel, last?.kernel),
      member("agent", document.agent, last?.agent),
    ]
    self.last = document
    encoded = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.json) })
    var bytes: [UInt8] = []
    for member in members where !member.json.isEmpty {
      bytes += "\(bytes.isEmpty ? "{" : ",")\"\(member.name)\":".utf8
      bytes += member.json
    }
    return bytes + "}\n".utf8
  }

  /// One member of the document; without JSON if the document does not have it.
  private struct Member {
    let name: String
    let json: [UInt8]
  }

  /// Encodes a member, unless it is equal to that of the last document.
  private func member<Value: Encodable & Equatable>(
    _ name: String, _ value: Value?, _ last: Value?
  ) throws -> Member {
    guard let value else { return Member(name: name, json: []) }
    if value == last, let json = encoded[name] { return Member(name: name, json: json) }
    return Member(name: name, json: try encode(value))
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
