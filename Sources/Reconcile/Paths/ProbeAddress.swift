/// Where a probe listens or connects, as it is written: `HOST:PORT`, `[V6]:PORT`, `:PORT`.
package struct ProbeAddress: Hashable, Sendable, CustomStringConvertible {
  /// A name, or an address without brackets; empty: every address of this host.
  package let host: String
  package let port: UInt16

  /// Returns nil if the text does not have that form.
  package init?(parsing text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { return nil }
    } else if host.contains(where: { ":[]/ ".contains($0) }) {
      return nil
    }
    self.host = String(host)
    self.port = port
  }

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// A host without a port, for the source of an association; the kernel chooses the port.
  package init(source host: String) {
    self.host = host
    port = 0
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
