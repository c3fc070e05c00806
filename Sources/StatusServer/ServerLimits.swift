/// The limits that the server sets its clients, in number and in time.
package struct ServerLimits: Sendable {
  /// The number of connections above which a new one closes another: the oldest idle one first.
  package var maxConnections: Int
  /// The time from the first byte of a request to the end of its head, and from there to the end of its content.
  package var requestTime: Duration
  /// The time between two requests, and before the first one.
  package var idleTime: Duration
  /// The time in which a client must receive an answer.
  package var responseTime: Duration
  /// The time in which a client must close after its last answer.
  package var lingerTime: Duration
  /// The longest `?wait=ready`; a longer one ends after this time.
  package var waitTime: Duration
  /// The time without progress after which the reconcile loop is not alive.
  package var stallTime: Duration

  package init(
    maxConnections: Int = 1024, requestTime: Duration = .seconds(5), idleTime: Duration = .seconds(75),
    responseTime: Duration = .seconds(20), lingerTime: Duration = .seconds(2), waitTime: Duration = .seconds(3600),
    stallTime: Duration = .seconds(30)
  ) {
    self.maxConnections = maxConnections
    self.requestTime = requestTime
    self.idleTime = idleTime
    self.responseTime = responseTime
    self.lingerTime = lingerTime
    self.waitTime = waitTime
    self.stallTime = stallTime
  }
}
