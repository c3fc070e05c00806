/// How much the server lets its clients take, in number and in time.
package struct ServerLimits: Sendable {
  /// Beyond it, the connection that can best be spared is closed for the new one: the oldest idle one first.
  package var maxConnections: Int
  /// From the first byte of a request to the end of its head, and again from there to the end of its content.
  package var requestTime: Duration
  /// Between two requests, and before the first.
  package var idleTime: Duration
  /// For a client to take an answer.
  package var responseTime: Duration
  /// For a client to notice that its connection was closed on it.
  package var lingerTime: Duration
  /// The longest `?wait=ready` that is granted; longer ones are cut.
  package var waitTime: Duration
  /// A loop that is at one piece of work for longer is not alive.
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
