/// One response, rendered once and sent any number of times. Only the date is filled in at sending.
package struct HTTPResponse: Sendable {
  package let status: HTTPStatus
  /// The head, always with `Content-Length`, and the content.
  package let bytes: [UInt8]
  /// The number of bytes up to and including the empty line.
  package let headLength: Int
  /// The offset of the date, which is `HTTPDate.length` bytes long.
  package let dateOffset: Int

  /// - Parameters:
  ///   - status: the status of the answer.
  ///   - type: the media type of the content.
  ///   - content: the bytes after the head.
  ///   - fields: more header fields, each as `Name: value`.
  ///   - sendsContent: false for a 304, whose head describes content that is not sent.
  package init(
    _ status: HTTPStatus, type: String, fields: [String] = [], content: [UInt8], sendsContent: Bool = true
  ) {
    let start = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\nDate: "
    var head = Array(start.utf8)
    dateOffset = head.count
    head.append(contentsOf: repeatElement(Octet.space, count: HTTPDate.length))
    head += "\r\nContent-Type: \(type)\r\nContent-Length: \(content.count)\r\n".utf8
    for field in fields { head += "\(field)\r\n".utf8 }
    head += "\r\n".utf8
    self.status = status
    headLength = head.count
    bytes = sendsContent ? head + content : head
  }

  /// Creates an error as JSON. The message is ASCII without quotation marks, backslashes and control characters.
  package init(error status: HTTPStatus, message: String, fields: [String] = []) {
    let token = status.phrase.utf8.filter { $0 != Octet.space }
    let content = Array("{\"error\":\"".utf8) + token + "\",\"message\":\"\(message)\"}\n".utf8
    self.init(status, type: "application/json", fields: fields, content: content)
  }

  package enum ConnectionField: Sendable {
    /// No field: HTTP/1.1 keeps the connection by default.
    case none
    case keepAlive
    case close
  }

  /// Appends the bytes to send.
  package func append(to output: inout [UInt8], date: [UInt8], withContent: Bool, connection: ConnectionField) {
    let start = output.count
    switch connection {
    case .none:
      if withContent { output.append(contentsOf: bytes) } else { output.append(contentsOf: bytes[..<headLength]) }
    case .keepAlive, .close:
      output.append(contentsOf: bytes[..<(headLength - 2)])
      output += (connection == .close ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n").utf8
      if withContent { output.append(contentsOf: bytes[headLength...]) }
    }
    let dateStart = start + dateOffset
    output.withUnsafeMutableBytes { $0[dateStart...].copyBytes(from: date.prefix(HTTPDate.length)) }
  }
}
