package import Reconcile

/// Renders the answers of one pass after another.
package struct SnapshotRendering: Sendable {
  private let build: BuildVersion
  private let version: [UInt8]
  private let encoding = StatusEncoding()

  package init(build: BuildVersion) {
    self.build = build
    version = encoding.json(of: build) + [Octet.lineFeed]
  }

  /// Returns what the server needs to render the document's answers.
  package func snapshot(of document: StatusDocument, history: History) -> PublishedSnapshot {
    let metrics = MetricsExposition(document: document, history: history, build: build)
    return PublishedSnapshot(
      ready: document.ready, status: { [encoding] in encoding.text(of: document) },
      readyz: Array(ReadyzText.text(document.conditions).utf8),
      page: { [build] in StatusPage(document: document, build: build).text }, version: version,
      metrics: { Array(metrics.text(.prometheusText).utf8) },
      openMetrics: { Array(metrics.text(.openMetrics).utf8) })
  }
}
