/// Reads the content of one request and discards it.
package struct HTTPBody: Hashable, Sendable {
  package enum Progress: Hashable, Sendable {
    /// This many bytes are used. Pass the rest again, followed by more bytes.
    case needsMore(consumed: Int)
    /// The content ends after this many bytes.
    case complete(consumed: Int)
    case refused(HTTPRefusal)
  }

  /// The longest content in bytes; more is refused.
  package static let limit = 64 * 1024
  /// The longest line that begins a chunk, in bytes; below, the longest trailer.
  private static let lineLimit = 1024
  private static let trailerLimit = 8192

  /// RFC 9112 section 7.1.
  private enum Position: Hashable {
    case data(remaining: Int)
    case chunkSize
    case chunkData(remaining: Int)
    case chunkEnd
    case trailers(bytes: Int)
    case end
  }

  private var position: Position
  private var total = 0

  /// Throws if the length is known and above the limit.
  package init(_ framing: HTTPRequest.Framing) throws(HTTPRefusal) {
    switch framing {
    case .none:
      position = .end
    case .length(let length):
      guard length <= Self.limit else { throw .contentTooLarge }
      position = .data(remaining: length)
    case .chunked:
      position = .chunkSize
    }
  }

  /// Uses the bytes that belong to the content.
  package mutating func consume(_ bytes: Span<UInt8>) -> Progress {
    var consumed = 0
    do throws(HTTPRefusal) {
      while position != .end {
        guard let step = try advance(bytes, from: consumed) else { return .needsMore(consumed: consumed) }
        consumed += step
      }
      return .complete(consumed: consumed)
    } catch {
      return .refused(error)
    }
  }

  /// Returns the number of bytes used, or nil if more bytes are needed first.
  private mutating func advance(_ bytes: Span<UInt8>, from start: Int) throws(HTTPRefusal) -> Int? {
    switch position {
    case .data(let remaining):
      let count = min(remaining, bytes.count - start)
      guard count > 0 else { return nil }
      position = count == remaining ? .end : .data(remaining: remaining - count)
      return count

    case .chunkData(let remaining):
      let count = min(remaining, bytes.count - start)
      guard count > 0 else { return nil }
      position = count == remaining ? .chunkEnd : .chunkData(remaining: remaining - count)
      return count

    case .chunkEnd:
      guard start + 2 <= bytes.count else { return nil }
      guard bytes[start] == Octet.carriageReturn, bytes[start + 1] == Octet.lineFeed else { throw .chunk }
      position = .chunkSize
      return 2

    case .chunkSize:
      guard let line = try line(of: bytes, from: start, limit: Self.lineLimit, refusal: .chunk) else { return nil }
      let size = try chunkSize(line, of: bytes)
      total += size
      guard total <= Self.limit else { throw .contentTooLarge }
      position = size == 0 ? .trailers(bytes: 0) : .chunkData(remaining: size)
      return line.count + 2

    case .trailers(let read):
      let limit = Self.trailerLimit - read
      guard let line = try line(of: bytes, from: start, limit: limit, refusal: .fieldsTooLarge) else { return nil }
      if line.isEmpty {
        position = .end
      } else {
        _ = try HTTPField.split(line, of: bytes)
        position = .trailers(bytes: read + line.count + 2)
      }
      return line.count + 2

    case .end:
      return nil
    }
  }

  /// Returns the line that begins at `start`, without its CR LF, or nil if it is incomplete.
  private func line(
    of bytes: Span<UInt8>, from start: Int, limit: Int, refusal: HTTPRefusal
  ) throws(HTTPRefusal) -> Range<Int>? {
    guard let lineFeed = bytes.firstLineFeed(from: start) else {
      if bytes.count - start > limit { throw refusal }
      return nil
    }
    if lineFeed + 1 - start > limit { throw refusal }
    guard lineFeed > start, bytes[lineFeed - 1] == Octet.carriageReturn else { throw .chunk }
    return start..<(lineFeed - 1)
  }

  /// Returns the number at the start of the line. The rest must be well-formed extensions, which are ignored.
  private func chunkSize(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRefusal) -> Int {
    var index = line.lowerBound
    var size = 0
    while index < line.upperBound, let digit = Octet.hexValue(bytes[index]) {
      // The number saturates far above the limit and far below an overflow.
      size = min(size * 16 + digit, Int(Int32.max))
      index += 1
    }
    guard index > line.lowerBound else { throw .chunk }
    while index < line.upperBound {
      index = skipBlanks(index, line, bytes)
      guard index < line.upperBound, bytes[index] == Octet.semicolon else { throw .chunk }
      index = skipBlanks(index + 1, line, bytes)
      index = try skipToken(index, line, bytes)
      let afterName = skipBlanks(index, line, bytes)
      guard afterName < line.upperBound, bytes[afterName] == Octet.equals else { continue }
      index = skipBlanks(afterName + 1, line, bytes)
      guard index < line.upperBound else { throw .chunk }
      index = try bytes[index] == Octet.quote ? skipQuoted(index, line, bytes) : skipToken(index, line, bytes)
    }
    return size
  }

  private func skipBlanks(_ start: Int, _ line: Range<Int>, _ bytes: Span<UInt8>) -> Int {
    var index = start
    while index < line.upperBound, Octet.isBlank(bytes[index]) { index += 1 }
    return index
  }

  private func skipToken(_ start: Int, _ line: Range<Int>, _ bytes: Span<UInt8>) throws(HTTPRefusal) -> Int {
    var index = start
    while index < line.upperBound, Octet.isToken(bytes[index]) { index += 1 }
    guard index > start else { throw .chunk }
    return index
  }

  private func skipQuoted(_ start: Int, _ line: Range<Int>, _ bytes: Span<UInt8>) throws(HTTPRefusal) -> Int {
    var index = start + 1
    while index < line.upperBound, bytes[index] != Octet.quote {
      if bytes[index] == Octet.backslash { index += 1 }
      guard index < line.upperBound, Octet.isFieldContent(bytes[index]) else { throw .chunk }
      index += 1
    }
    guard index < line.upperBound else { throw .chunk }
    return index + 1
  }
}
