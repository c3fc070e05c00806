/// The command of an install line, judged without running it.
package struct InstallCommand: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// What becomes of the module when modprobe runs the command in its place.
  package enum Effect: Hashable, Sendable {
    /// Nothing loads the module: `/bin/false`, `/bin/true`, `:`, `exit 1`, a program that is not known to load it.
    case stops
    /// It loads the module itself: `modprobe --ignore-install M`, `$MODPROBE -i M`, `insmod …/M.ko`.
    case loads
  }

  package func effect(on module: ModuleName) -> Effect { .stops }
}
