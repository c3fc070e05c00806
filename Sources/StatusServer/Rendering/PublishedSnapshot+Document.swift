import FoundationEssentials
package import Reconcile

extension PublishedSnapshot {
  /// Renders every answer from what one pass found.
  package init(_ document: StatusDocument, history: History, build: BuildVersion) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let status = try Array(encoder.encode(document)) + [Octet.lineFeed]
    let metrics = MetricsExposition(document: document, history: history, build: build)
    self.init(
      ready: document.ready, status: status, etag: Self.etag(status),
      readyz: Array(ReadyzText.text(document.conditions).utf8),
      page: Array(StatusPage(document: document, build: build).html.utf8),
      version: try Array(encoder.encode(build)) + [Octet.lineFeed],
      metrics: Array(metrics.text(.prometheusText).utf8),
      openMetrics: Array(metrics.text(.openMetrics).utf8))
  }

  /// FNV-1a in 64 bits: the tag only has to tell documents apart.
  private static func etag(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
