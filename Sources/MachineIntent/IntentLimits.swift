/// What a hostile input cannot exceed; each is refused with its reason.
package struct IntentLimits: Hashable, Sendable {
  /// Of one source, and of everything that one reading inflates.
  package var bytes = 16 * 1024 * 1024
  /// Of mappings and sequences in each other.
  package var depth = 100
  /// Mappings, sequences and scalars of one source.
  package var nodes = 500_000
  /// `storage.files` entries of one reading, texts embedded in one source, and anchors of one document.
  package var files = 10_000
  /// Bytes of one drop-in; a larger one is left out, because kmod would read it at every load.
  package var dropIn = 1024 * 1024

  package static let standard = IntentLimits()

  package init() {}
}
