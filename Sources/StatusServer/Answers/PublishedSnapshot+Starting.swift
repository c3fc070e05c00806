import Reconcile

extension PublishedSnapshot {
  /// What is told before the agent has published anything.
  static let starting = PublishedSnapshot(
    ready: false,
    status: Array(
      """
      {"apiVersion":"sctp-agent/v1","kind":"NodeSCTPStatus","ready":false,"reason":"\(Condition.Reason.starting.rawValue)",\
      "message":"the first pass over the node has not ended","conditions":[],"files":[],"modules":[]}

      """.utf8),
    etag: "starting",
    readyz: Array("[-]Ready \(Condition.Reason.starting.rawValue): the first pass over the node has not ended\n".utf8),
    page: { Array("<!doctype html><title>sctp-agent</title><p>Starting: reload in a moment.\n".utf8) },
    version: Array("{}\n".utf8),
    metrics: { [] },
    openMetrics: { [] })
}
