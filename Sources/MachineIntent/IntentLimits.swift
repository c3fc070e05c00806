/// The limits of an intent, so that a hostile input cannot exhaust the agent. An intent that exceeds one is refused
/// with the reason.
package struct IntentLimits: Hashable, Sendable {
  /// Bytes of one source, and of everything that one reading inflates.
  package var bytes = 16 * 1024 * 1024
  /// Bytes of one token of YAML, of which the scanner has several copies. It is a little less than a power of two, at which
  /// the buffers of the scanner double.
  package var token = 8 * 1024 * 1024 - 128 * 1024
  /// Bytes of a text within a source, such as that of a ConfigMap. A cluster stores no object of half that size.
  package var embedded = 4 * 1024 * 1024
  /// Levels of nested mappings and sequences.
  package var depth = 100
  /// Mappings, sequences and scalars of one source.
  package var nodes = 500_000
  /// Files of one reading, texts embedded in one source, and anchors of one document.
  package var files = 10_000
  /// Bytes of one drop-in. A larger one is ignored, because kmod would read it at every load.
  package var dropIn = 1024 * 1024
  /// Bytes of all drop-ins of one reading.
  package var dropIns = 2 * 1024 * 1024
  /// Modules that an intent wants loaded, and modules that it keeps out.
  package var modules = 1000
  /// The product of files and pools of one lint.
  package var pooledFiles = 500_000

  package static let standard = IntentLimits()

  package init() {}
}
