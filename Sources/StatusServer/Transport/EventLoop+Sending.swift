import CLinux
import Glibc

// One connection: when it reads, sends and closes.
extension EventLoop {
  /// Goes on with whatever the connection can do now: send the rest, answer what is held, read once. With `answersLater`,
  /// a request that is read may go to `due`.
  func advance(_ connection: Connection, answersLater: Bool = false) {
    if connection.isLingering { return dropInput(of: connection) }
    guard sendRest(of: connection), connection.waitsUntil == nil, answerHeld(by: connection) else { return }
    guard connection.isReadable, connection.waitsUntil == nil else { return settle(connection) }
    let received = CLinux_receive(connection.descriptor, readBuffer.baseAddress, readBuffer.count)
    guard received > 0 else {
      if received != -Int(EAGAIN), received != -Int(EINTR) { return drop(connection) }
      connection.isReadable = received == -Int(EINTR)
      return settle(connection)
    }
    if received == readBuffer.count || connection.hasEnded {
      unfinished.append(connection.token)
    } else {
      connection.isReadable = false
    }
    let bytes = UnsafeBufferPointer(start: readBuffer.baseAddress, count: received)
    if answersLater, connection.input.isEmpty, connection.body == nil, let query = recent.query(of: bytes.span) {
      due.append((connection.token, query))
    } else if connection.input.isEmpty {
      let used = answerRequests(in: bytes.span, on: connection, answersLater: answersLater)
      if used < received { connection.input = Array(bytes[used...]) }
      guard flush(connection) else { return }
    } else {
      connection.input.append(contentsOf: bytes)
    }
    if answerHeld(by: connection) { settle(connection) }
  }

  /// Answers the requests in the bytes that are held. False: the connection is closed, or must do something else first.
  private func answerHeld(by connection: Connection) -> Bool {
    while !connection.input.isEmpty, connection.waitsUntil == nil {
      let input = connection.input
      connection.input = []
      let used = answerRequests(in: input.span, on: connection)
      if used < input.count { connection.input = used == 0 ? input : Array(input[used...]) }
      guard flush(connection) else { return false }
      if used == 0 { break }
    }
    return true
  }

  /// Puts down what the connection waits for, once all is done that can be.
  func settle(_ connection: Connection) {
    if let deadline = connection.waitsUntil {
      // It may have become Ready while an answer before this one was on its way.
      table.set(connection, .waiting, now: now, deadline: answers.snapshot.ready ? now : deadline)
    } else if connection.input.isEmpty, connection.body == nil {
      table.set(connection, .idle, now: now, deadline: now + idleTime)
    } else if connection.requestDeadline == nil {
      connection.requestDeadline = now + requestTime
      table.set(connection, .reading, now: now, deadline: now + requestTime)
    }
  }

  /// Ends a wait with the state as it is.
  func finishWait(_ connection: Connection) {
    guard connection.waitsUntil != nil, var query = connection.query else { return }
    connection.waitsUntil = nil
    query.wait = nil
    _ = answer(query, on: connection)
    if flush(connection) { advance(connection) }
  }

  /// Refuses what a client did not finish.
  func end(_ connection: Connection, _ refusal: HTTPRefusal) {
    refuse(refusal, on: connection)
    _ = flush(connection)
  }

  // MARK: Sending and closing

  /// Sends and empties `output`. False: it is not all sent, or the connection is closing or closed.
  private func flush(_ connection: Connection) -> Bool {
    guard !output.isEmpty else { return true }
    defer { output.removeAll(keepingCapacity: true) }
    return sendOutput(to: connection)
  }

  /// Sends `output` and leaves it as it is. False: it is not all sent, or the connection is closing or closed.
  func sendOutput(to connection: Connection) -> Bool {
    let sent = output.withUnsafeBytes { CLinux_send(connection.descriptor, $0.baseAddress, $0.count) }
    if sent == output.count {
      if connection.closes { finishClosing(connection) }
      return !connection.closes
    }
    guard sent >= 0 || sent == -Int(EAGAIN) || sent == -Int(EINTR) else {
      drop(connection)
      return false
    }
    connection.output = Array(output[max(0, sent)...])
    connection.outputSent = 0
    table.set(connection, .writing, now: now, deadline: now + Self.nanoseconds(limits.responseTime))
    if !connection.watchesOutput {
      connection.watchesOutput = true
      poller.watchEdgesOfOutput(connection.descriptor, token: connection.token)
    }
    return false
  }

  /// Sends what the socket did not take before. False: there is more, or the connection is closing or closed.
  private func sendRest(of connection: Connection) -> Bool {
    guard !connection.output.isEmpty else { return true }
    let sent = connection.output.withUnsafeBytes { bytes in
      let rest = bytes[connection.outputSent...]
      return CLinux_send(connection.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    }
    guard sent >= 0 else {
      if sent != -Int(EAGAIN), sent != -Int(EINTR) { drop(connection) }
      return false
    }
    connection.outputSent += sent
    guard connection.outputSent == connection.output.count else { return false }
    connection.output = []
    connection.requestDeadline = nil
    if connection.closes { finishClosing(connection) } else { settle(connection) }
    return !connection.closes
  }

  /// All answers are sent. Where the client may still be sending, it is given time to read them.
  private func finishClosing(_ connection: Connection) {
    guard connection.lingers || connection.isReadable else { return drop(connection) }
    connection.isLingering = true
    connection.input = []
    shutdown(connection.descriptor, Int32(SHUT_WR))
    table.set(connection, .lingering, now: now, deadline: now + Self.nanoseconds(limits.lingerTime))
    connection.isReadable = true
    dropInput(of: connection)
  }

  private func dropInput(of connection: Connection) {
    while connection.isReadable {
      let received = CLinux_receive(connection.descriptor, readBuffer.baseAddress, readBuffer.count)
      if received == -Int(EAGAIN) || received == -Int(EINTR) {
        connection.isReadable = false
        return
      }
      connection.dropped += max(0, received)
      if received <= 0 || connection.dropped > Self.dropLimit { return drop(connection) }
    }
  }

  func drop(_ connection: Connection) {
    close(connection.descriptor)
    connection.release()
    table.free(connection)
    if acceptsAgainAt != nil { acceptsAgainAt = now }
  }
}
