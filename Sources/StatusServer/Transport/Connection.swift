/// One client: its socket and how far its requests have come. Slots are used again for later clients.
///
/// Only the serving thread touches it; the checks for overlapping access would cost more than parsing a request.
final class Connection {
  let slot: Int
  /// Moves on with each client, so that an event of the one before is told apart.
  @exclusivity(unchecked) var generation: UInt32 = 0
  @exclusivity(unchecked) var descriptor: Int32 = -1
  @exclusivity(unchecked) var parser = HTTPRequestParser()
  /// Bytes that were received and not used yet, from the start of a request or of a part of its content.
  @exclusivity(unchecked) var input: [UInt8] = []
  /// Bytes that the socket did not take yet.
  @exclusivity(unchecked) var output: [UInt8] = []
  @exclusivity(unchecked) var outputSent = 0
  /// The request whose content is being read, or that waits.
  @exclusivity(unchecked) var query: StatusQuery?
  @exclusivity(unchecked) var body: HTTPBody?
  /// The socket may hold more to read.
  @exclusivity(unchecked) var isReadable = false
  /// The client sends no more than what is on its way; the end of it comes without another event.
  @exclusivity(unchecked) var hasEnded = false
  /// When the request that has begun must be complete; nil: none has begun.
  @exclusivity(unchecked) var requestDeadline: Int64?
  /// When `query` is answered at the latest; nil: it is not waiting for anything.
  @exclusivity(unchecked) var waitsUntil: Int64?
  /// The connection closes when `output` is sent.
  @exclusivity(unchecked) var closes = false
  /// Bytes were or will be left unread, which would make close(2) destroy the answer on its way.
  @exclusivity(unchecked) var lingers = false
  /// The client was told to go; what it still sends is dropped.
  @exclusivity(unchecked) var isLingering = false
  @exclusivity(unchecked) var watchesOutput = false
  /// Bytes dropped after the last answer.
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

  /// Forgets the client and gives its memory back.
  func release() {
    generation = (generation &+ 1) & 0x7FFF_FFFF
    descriptor = -1
    input = []
    output = []
    outputSent = 0
  }
}
