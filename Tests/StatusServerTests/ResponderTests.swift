import Synchronization
import Testing

@testable import StatusServer

/// What is answered, without a socket.
@Suite final class ResponderTests {
  private let board: StatusBoard
  private var responder: Responder

  init() throws {
    board = try StatusBoard()
    responder = Responder(board: board, limits: ServerLimits(waitTime: .seconds(100), stallTime: .seconds(30)))
  }

  private func query(_ target: String, method: String = "GET") throws -> StatusQuery {
    let bytes = Array("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    var parser = HTTPRequestParser()
    guard case .request(let request) = parser.parse(bytes.span) else {
      throw HTTPRefusal.requestLine
    }
    return StatusQuery(request, of: bytes.span, etag: responder.etag)
  }

  private func response(_ target: String, method: String = "GET") throws -> HTTPResponse? {
    guard case .answer(let answer) = responder.reply(to: try query(target, method: method), connections: 3) else {
      return nil
    }
    return answer.response
  }

  private func takeNews() -> Bool { responder.takeNews() }

  private func text(_ response: HTTPResponse?) -> String {
    String(decoding: response.map { $0.bytes[$0.headLength...] } ?? [], as: UTF8.self)
  }

  @Test func `before the first snapshot it is starting`() throws {
    #expect(!takeNews())
    #expect(try response("/status")?.status == .serviceUnavailable)
    #expect(try response("/livez")?.status == .ok)
    #expect(try text(response("/readyz")).contains("Starting"))
  }

  @Test func `a snapshot is taken once`() throws {
    board.publish(.sample(etag: "7"))
    #expect(takeNews())
    #expect(!takeNews())
    #expect(responder.etag == Array("\"7\"".utf8))
    #expect(responder.isReady)
  }

  @Test func `a node that is not Ready is waited for, at most for the limit`() throws {
    board.publish(.sample(ready: false))
    _ = takeNews()
    for (timeout, expected) in [("5", 5), ("99999", 100)] {
      guard
        case .wait(let limit) = responder.reply(to: try query("/status?wait=ready&timeout=\(timeout)"), connections: 1)
      else {
        Issue.record("it was answered")
        return
      }
      #expect(limit == .seconds(expected))
    }
    #expect(try response("/status?wait=ready&timeout=0")?.status == .serviceUnavailable)
    #expect(try response("/status")?.status == .serviceUnavailable)
    board.publish(.sample())
    _ = takeNews()
    #expect(try response("/status?wait=ready&timeout=5")?.status == .ok)
  }

  @Test func `a loop without progress is not alive`() throws {
    board.beginWork(at: .now - .seconds(31))
    #expect(try response("/livez")?.status == .serviceUnavailable)
    #expect(try text(response("/healthz")).hasPrefix("the reconcile loop has made no progress for 31"))
    board.endWork()
    #expect(try response("/livez")?.status == .ok)
  }

  @Test func `each answer and each refusal is counted once`() throws {
    _ = try response("/status")
    _ = try response("/status?wait=ready")
    _ = try response("/nothing")
    _ = try response("/status", method: "POST")
    _ = responder.refuse(.host)
    let reply = responder.reply(to: try query("/version"), connections: 1)
    guard case .answer(let answer) = reply else {
      Issue.record("/version is not answered at once: \(reply)")
      return
    }
    responder.count(answer)
    let metrics = try text(response("/metrics")).split(separator: "\n")
    for (path, code, count) in [
      ("/status", 503, 1), ("other", 404, 1), ("other", 405, 1), ("other", 400, 1), ("/version", 503, 2),
      ("/metrics", 200, 0),
    ] {
      #expect(
        metrics.contains("sctp_agent_http_requests_total{path=\"\(path)\",code=\"\(code)\"} \(count)"),
        "\(path) \(code)")
    }
    #expect(metrics.contains("sctp_agent_http_connections 3"))
  }

  @Test func `the page reloads itself at the interval that is asked for, and is rendered once`() throws {
    let counted = Counted()
    board.publish(
      .sample(page: {
        counted.renderings.withLock { $0 += 1 }
        return PageText(opening: "<head>", rest: "</head>")
      }))
    _ = takeNews()
    #expect(try text(response("/")) == "<head></head>")
    #expect(try text(response("/?refresh=10")) == "<head><meta http-equiv=\"refresh\" content=\"10\">\n</head>")
    #expect(try text(response("/?a=b&refresh=86400")).contains("content=\"86400\""))
    #expect(try text(response("/")) == "<head></head>")
    #expect(counted.renderings.withLock { $0 } == 1)
  }

  private final class Counted: Sendable {
    let renderings = Mutex(0)
  }

  @Test(arguments: ["0", "-1", "86401", "1.5", "", "x", "99999999999999999999", "%31"])
  func `a malformed reload interval is refused`(seconds: String) throws {
    let response = try response("/?refresh=\(seconds)")
    #expect(response?.status == .badRequest)
    #expect(text(response).contains("refresh=SECONDS"))
  }
}
