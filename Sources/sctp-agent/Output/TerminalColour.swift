import Glibc

/// Colour on a terminal, unless NO_COLOR is set (no-color.org).
enum TerminalColour {
  static let isOn = isatty(1) == 1 && environmentValue("NO_COLOR") == nil

  static func green(_ text: String) -> String { isOn ? "\u{1B}[32m\(text)\u{1B}[0m" : text }
  static func yellow(_ text: String) -> String { isOn ? "\u{1B}[33m\(text)\u{1B}[0m" : text }
  static func red(_ text: String) -> String { isOn ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
}
