/// The bytes of one intent source, not yet read.
package struct IntentDocument: Hashable, Sendable {
  /// The path as it was given, `-` for standard input, `builtin` for the built-in intent.
  package let name: String
  package let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}
