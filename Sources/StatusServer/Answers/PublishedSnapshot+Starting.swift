import Reconcile

extension PublishedSnapshot {
  /// The report before the agent has published one.
  static let starting = PublishedSnapshot(
    ready: false,
    status: Array(
      """
      {"apiVersion":"sctp-agent/v1","kind":"NodeSCTPStatus","ready":false,"reason":"\(Condition.Reason.starting.rawValue)",\
      "message":"the agent is starting: its first pass over the node is not complete","conditions":[],"files":[],\
      "modules":[]}

      """.utf8),
    etag: "starting",
    readyz: Array(
      "[-]Ready \(Condition.Reason.starting.rawValue): the agent is starting: its first pass over the node is not complete\n"
        .utf8),
    page: {
      PageText(
        opening: "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
        rest: "<title>sctp-agent</title>\n</head>\n<body><p>sctp-agent is starting. Reload this page in a moment.</p>"
          + "</body>\n</html>\n")
    },
    version: Array("{}\n".utf8),
    metrics: { [] },
    openMetrics: { [] })
}
