import StatusServer
import Testing

@Suite struct WireFormatTests {
  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
    (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
  ])
  func writesDates(seconds: Int, text: String) {
    #expect(String(decoding: HTTPDate.bytes(seconds), as: UTF8.self) == text)
    #expect(text.utf8.count == HTTPDate.length)
  }

  @Test(
    arguments: [
      ("*/*", .prometheusText), ("text/plain", .prometheusText), ("", .prometheusText),
      ("application/openmetrics-text", .openMetrics), ("APPLICATION/OpenMetrics-Text; version=1.0.0", .openMetrics),
      ("application/openmetrics-text;q=0", .prometheusText), ("application/openmetrics-text;q=x", .prometheusText),
      ("text/plain;q=0.6,application/openmetrics-text;q=0.5", .prometheusText),
      ("text/plain;q=0.05, application/openmetrics-text ; version=1.0.0 ; q=0.100", .openMetrics),
      (
        "application/vnd.google.protobuf;q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
          + "text/plain;version=0.0.4;q=0.4,*/*;q=0.2", .openMetrics
      ),
    ] as [(String, AcceptedFormat)])
  func choosesTheFormatThatIsPreferred(accept: String, format: AcceptedFormat) {
    let bytes = Array(accept.utf8)
    #expect(AcceptedFormat(accept: 0..<bytes.count, of: bytes.span) == format)
  }

  @Test(arguments: HTTPRefusal.allCases)
  func everyRefusalIsAnErrorOfItsStatus(refusal: HTTPRefusal) {
    #expect(refusal.status.rawValue >= 400)
    #expect(!refusal.message.contains { "\"\\".contains($0) })
  }

  @Test func ordinalsCountTheStatusCodes() {
    #expect(HTTPStatus.allCases.map(\.ordinal) == Array(HTTPStatus.allCases.indices))
  }
}
