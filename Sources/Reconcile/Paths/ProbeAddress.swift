/// A host with a port, as it is written: `HOST:PORT`, `[V6]:PORT`, `:PORT`.
package struct ProbeAddress: Hashable, Sendable, CustomStringConvertible {
  /// A name, or an address without brackets; empty for every address of this host.
  package let host: String
  package let port: UInt16

  /// Says what is wrong with a text.
  package struct Malformed: Error {
    package let reason: String
  }

  /// Returns nil if the text does not have that form.
  package init?(parsing text: String) { try? self.init(reading: text) }

  /// Reads a text. Throws what is wrong with it.
  package init(reading text: String) throws(Malformed) {
    guard let colon = text.lastIndex(of: ":") else { throw Malformed(reason: "the port is missing") }
    let digits = text[text.index(after: colon)...]
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = UInt16(digits)
    else { throw Malformed(reason: "the port is not a number from 0 to 65535") }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw Malformed(reason: "an IPv6 address needs brackets")
    } else if host.contains(where: { "[]/ ".contains($0) }) {
      throw Malformed(reason: "the host is malformed")
    }
    self.init(host: String(host), port: port)
  }

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Returns the source of an association: a host without a port. The kernel chooses the port.
  package init(source host: String) {
    self.host = host
    port = 0
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
