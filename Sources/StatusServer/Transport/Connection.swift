/// One client: its socket and the progress of its requests. Slots are reused for later clients.
///
/// Only the serving thread uses it. Checks for overlapping access would cost more than parsing a request.
final class Connection {
  let slot: Int
  /// Changes with each client, so that a late event of an earlier client is recognised.
  @exclusivity(unchecked) var generation: UInt32 = 0
  @exclusivity(unchecked) var descriptor: Int32 = -1
  @exclusivity(unchecked) var parser = HTTPRequestParser()
  /// Bytes received and not yet used, from the start of a request or of a part of its content.
  @exclusivity(unchecked) var input: [UInt8] = []
  /// Bytes that the socket has not accepted yet.
  @exclusivity(unchecked) var output: [UInt8] = []
  @exclusivity(unchecked) var outputSent = 0
  /// The request whose content is being read, or that waits.
  @exclusivity(unchecked) var query: StatusQuery?
  @exclusivity(unchecked) var body: HTTPBody?
  /// The socket may hold more to read.
  @exclusivity(unchecked) var isReadable = false
  /// The client has ended its side. No further event reports the bytes that are still unread.
  @exclusivity(unchecked) var hasEnded = false
  /// When the current request must be complete; nil if no request has begun.
  @exclusivity(unchecked) var requestDeadline: Int64?
  /// When `query` is answered at the latest; nil if it does not wait.
  @exclusivity(unchecked) var waitsUntil: Int64?
  /// The connection closes when `output` is sent.
  @exclusivity(unchecked) var closes = false
  /// Some input stays unread, so that close(2) would reset the connection and destroy an answer in transit.
  @exclusivity(unchecked) var lingers = false
  /// The last answer is sent. Everything that the client still sends is dropped.
  @exclusivity(unchecked) var isLingering = false
  @exclusivity(unchecked) var watchesOutput = false
  /// The number of bytes dropped after the last answer.
  @exclusivity(unchecked) var dropped = 0

  init(slot: Int) { self.slot = slot }

  var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

  func open(_ descriptor: Int32) {
    self.descriptor = descriptor
    parser = HTTPRequestParser()
    query = nil
    body = nil
    isReadable = false
    hasEnded = false
    requestDeadline = nil
    waitsUntil = nil
    closes = false
    lingers = false
    isLingering = false
    watchesOutput = false
    dropped = 0
  }

  /// Forgets the client and frees its memory.
  func release() {
    generation = (generation &+ 1) & 0x7FFF_FFFF
    descriptor = -1
    input = []
    output = []
    outputSent = 0
  }
}
