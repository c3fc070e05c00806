/// Everything that the server tells of the agent. What is asked for seldom is rendered when it first is, by the server:
/// the agent has more urgent things to do after a change.
package struct PublishedSnapshot: Sendable {
  /// Decides between 200 and 503, and ends `?wait=ready`.
  package let ready: Bool
  /// The JSON document of `/status`.
  package let status: [UInt8]
  /// Opaque and without quotes; it changes whenever `status` does.
  package let etag: String
  /// The conditions, one a line, for `/readyz?verbose`.
  package let readyz: [UInt8]
  /// The HTML of `/`.
  package let page: @Sendable () -> [UInt8]
  /// The JSON document of `/version`.
  package let version: [UInt8]
  /// Complete families in Prometheus text 0.0.4; the server appends its own.
  package let metrics: @Sendable () -> [UInt8]
  /// The same in OpenMetrics 1.0, without the closing `# EOF`.
  package let openMetrics: @Sendable () -> [UInt8]

  package init(
    ready: Bool, status: [UInt8], etag: String, readyz: [UInt8], page: @escaping @Sendable () -> [UInt8],
    version: [UInt8], metrics: @escaping @Sendable () -> [UInt8], openMetrics: @escaping @Sendable () -> [UInt8]
  ) {
    self.ready = ready
    self.status = status
    self.etag = etag
    self.readyz = readyz
    self.page = page
    self.version = version
    self.metrics = metrics
    self.openMetrics = openMetrics
  }
}
