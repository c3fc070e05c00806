/// The bytes of one source of an intent.
package struct IntentDocument: Hashable, Sendable {
  /// The path as given, `-` for standard input, or `builtin` for the built-in intent.
  package let name: String
  package let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}
