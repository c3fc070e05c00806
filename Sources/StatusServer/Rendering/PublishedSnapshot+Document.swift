import FoundationEssentials
package import Reconcile

extension PublishedSnapshot {
  /// Renders the answers from what one pass found.
  package init(_ document: StatusDocument, history: History, build: BuildVersion) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let status = try Self.status(document, encoder)
    let metrics = MetricsExposition(document: document, history: history, build: build)
    self.init(
      ready: document.ready, status: status, etag: Self.etag(status),
      readyz: Array(ReadyzText.text(document.conditions).utf8),
      page: { Array(StatusPage(document: document, build: build).html.utf8) },
      version: try Array(encoder.encode(build)) + [Octet.lineFeed],
      metrics: { Array(metrics.text(.prometheusText).utf8) },
      openMetrics: { Array(metrics.text(.openMetrics).utf8) })
  }

  /// With what matters to a person first.
  private static func status(_ document: StatusDocument, _ encoder: JSONEncoder) throws -> [UInt8] {
    let members: [(name: String, value: (any Encodable)?)] = [
      ("apiVersion", document.apiVersion), ("kind", document.kind), ("node", document.node),
      ("ready", document.ready), ("reason", document.reason), ("message", document.message),
      ("observedAt", document.observedAt), ("conditions", document.conditions), ("modules", document.modules),
      ("files", nil), ("notes", document.notes), ("intent", document.intent), ("probe", document.probe),
      ("dataPath", document.dataPath), ("drift", document.drift), ("kernel", document.kernel),
      ("agent", document.agent),
    ]
    var bytes: [UInt8] = []
    for member in members {
      bytes += "\(bytes.isEmpty ? "{" : ",")\"\(member.name)\":".utf8
      if let value = member.value { bytes += try encoder.encode(value) } else { append(document.files, to: &bytes) }
    }
    return bytes + "}\n".utf8
  }

  private static func append(_ files: [StatusDocument.File], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "["))
    for (number, file) in files.enumerated() {
      if number > 0 { bytes.append(UInt8(ascii: ",")) }
      file.appendJSON(to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// FNV-1a in 64 bits: the tag only has to tell documents apart.
  private static func etag(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
