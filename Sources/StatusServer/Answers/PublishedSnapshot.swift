/// Everything that the server reports about the agent. The server renders rare answers at their first request, because
/// the agent has more urgent work after a change.
package struct PublishedSnapshot: Sendable {
  /// Whether the node is Ready: decides between 200 and 503, and ends `?wait=ready`.
  package let ready: Bool
  /// The JSON document of `/status`.
  package let status: [UInt8]
  /// The entity tag without quotes; it changes whenever `status` does.
  package let etag: String
  /// The body of `/readyz?verbose`: one condition a line.
  package let readyz: [UInt8]
  /// Renders the HTML of `/`.
  package let page: @Sendable () -> PageText
  /// The JSON document of `/version`.
  package let version: [UInt8]
  /// Renders the agent's metric families in Prometheus text 0.0.4; the server appends its own.
  package let metrics: @Sendable () -> [UInt8]
  /// Renders the same families in OpenMetrics 1.0, without the closing `# EOF`.
  package let openMetrics: @Sendable () -> [UInt8]

  package init(
    ready: Bool, status: [UInt8], etag: String, readyz: [UInt8], page: @escaping @Sendable () -> PageText,
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

/// An HTML page in two parts, so that a reload interval can be set without rendering it again.
package struct PageText: Sendable {
  /// The first part of the document, which ends within its `head` element.
  private let opening: [UInt8]
  private let rest: [UInt8]

  package init(opening: String, rest: String) {
    self.opening = Array(opening.utf8)
    self.rest = Array(rest.utf8)
  }

  /// Returns the whole page.
  ///
  /// - Parameter refresh: the seconds after which a browser reloads it; nil if it does not.
  package func bytes(refresh: Int?) -> [UInt8] {
    opening + (refresh.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">\n" } ?? "").utf8 + rest
  }
}
