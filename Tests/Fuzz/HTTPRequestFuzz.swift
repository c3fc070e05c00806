/// Bytes as a client may send them: requests one after the other, each with its content.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTPRequest(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let whole = answers(to: bytes, step: max(1, count))
  // How the bytes are cut into packets must not matter.
  for step in [1, 3, 61] {
    precondition(answers(to: bytes, step: step) == whole, "cut into \(step) the answers differ")
  }
  return 0
}

private enum Answer: Equatable {
  case request(HTTPRequest)
  case refused(HTTPRefusal)
}

/// What is made of the bytes when they come `step` at a time.
private func answers(to bytes: [UInt8], step: Int) -> [Answer] {
  var answers: [Answer] = []
  var parser = HTTPRequestParser()
  var body: HTTPBody?
  var used = 0
  var received = 0
  while received < bytes.count {
    received = min(bytes.count, received + step)
    var stalled = false
    while !stalled, used < received {
      let rest = bytes.span.extracting(used..<received)
      if var content = body {
        switch content.consume(rest) {
        case .needsMore(let consumed):
          used += consumed
          body = content
          stalled = true
        case .complete(let consumed):
          used += consumed
          body = nil
        case .refused(let refusal): return answers + [.refused(refusal)]
        }
        continue
      }
      switch parser.parse(rest) {
      case .needsMore: stalled = true
      case .refused(let refusal): return answers + [.refused(refusal)]
      case .request(let request):
        check(request, rest)
        answers.append(.request(request))
        used += request.length
        parser = HTTPRequestParser()
        do throws(HTTPRefusal) {
          body = request.framing == .none ? nil : try HTTPBody(request.framing)
        } catch {
          return answers + [.refused(error)]
        }
      }
    }
  }
  return answers
}

/// What holds of every accepted head, whatever its bytes.
private func check(_ request: HTTPRequest, _ bytes: Span<UInt8>) {
  precondition(request.length <= bytes.count && request.length <= 2 * HTTPRequestParser.limit)
  let ranges = [request.path, request.query, request.ifNoneMatch ?? 0..<0, request.accept ?? 0..<0]
  precondition(ranges.allSatisfy { $0.upperBound <= request.length })
  for index in 0..<request.length {
    let (octet, next) = (bytes[index], index + 1 < request.length ? bytes[index + 1] : 0)
    precondition(octet != 0, "a head holds NUL")
    precondition((octet == Octet.carriageReturn) == (next == Octet.lineFeed), "a head holds a bare CR or LF")
    precondition(octet != Octet.lineFeed || !Octet.isBlank(next), "a head holds a folded line")
  }
  let query = StatusQuery(request, of: bytes, etag: Array("\"1\"".utf8))
  if let wait = query.wait { precondition(wait >= .zero) }
  if let accept = request.accept { _ = AcceptedFormat(accept: accept, of: bytes) }
}
