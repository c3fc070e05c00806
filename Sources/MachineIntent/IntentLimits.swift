/// What a hostile input cannot exceed; each is refused with its reason.
package struct IntentLimits: Hashable, Sendable {
  /// Bytes of one source, and of everything that one reading inflates.
  package var bytes = 16 * 1024 * 1024
  /// Bytes of one token of YAML, which the scanner holds several times. A little less than a power of two, at which its buffers
  /// double.
  package var token = 8 * 1024 * 1024 - 128 * 1024
  /// Bytes of a text within a source, such as a ConfigMap's; a cluster takes no object of half that size.
  package var embedded = 4 * 1024 * 1024
  /// Levels of mappings and sequences in each other.
  package var depth = 100
  /// Mappings, sequences and scalars of one source.
  package var nodes = 500_000
  /// `storage.files` entries of one reading, texts embedded in one source, and anchors of one document.
  package var files = 10_000
  /// Bytes of one drop-in; a larger one is left out, because kmod would read it at every load.
  package var dropIn = 1024 * 1024
  /// Bytes of all drop-ins of one reading.
  package var dropIns = 2 * 1024 * 1024
  /// Modules that an intent wants, and modules that it keeps out.
  package var modules = 1000
  /// Files times pools of one lint.
  package var pooledFiles = 500_000

  package static let standard = IntentLimits()

  package init() {}
}
