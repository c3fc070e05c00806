/// A parameter on the kernel command line, split as the kernel splits it.
///
/// Source: the kernel's `next_arg` in lib/cmdline.c and `parameq` in kernel/params.c. Blanks within double quotes
/// belong to the value, quotes around the parameter or around the value are removed, `-` in a name is the same as `_`,
/// and the kernel ignores everything after `--`.
package struct KernelParameter: Sendable {
  /// The whole parameter as written.
  package let word: String
  package let name: String
  /// The part after `=`; nil for a parameter without one.
  package let value: ArraySlice<UInt8>?

  package static func all(in line: [UInt8]) -> [Self] {
    var parameters: [Self] = []
    var position = line.startIndex
    while true {
      while position < line.endIndex, line[position].isBlank { position += 1 }
      guard position < line.endIndex else { return parameters }
      let start = position
      var isQuoted = false
      while position < line.endIndex, isQuoted || !line[position].isBlank {
        if line[position] == UInt8(ascii: "\"") { isQuoted.toggle() }
        position += 1
      }
      let parameter = Self(word: line[start..<position])
      if parameter.name == "__", parameter.value == nil { return parameters }
      parameters.append(parameter)
    }
  }

  private init(word: ArraySlice<UInt8>) {
    self.word = String(decoding: word, as: UTF8.self)
    var word = word
    if word.first == UInt8(ascii: "\"") {
      word.removeFirst()
      if word.last == UInt8(ascii: "\"") { word.removeLast() }
    }
    // For the kernel an `=` at the beginning is part of the name.
    let equals = word.dropFirst().firstIndex(of: UInt8(ascii: "="))
    name = String(
      decoding: word[..<(equals ?? word.endIndex)].map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 },
      as: UTF8.self)
    value = equals.map { equals in
      var value = word[(equals + 1)...]
      if value.first == UInt8(ascii: "\"") {
        value.removeFirst()
        if value.last == UInt8(ascii: "\"") { value.removeLast() }
      }
      return value
    }
  }

  package var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }

  /// The value as a boolean, read like the kernel's `kstrtobool`. Without a value it is true.
  package var isTrue: Bool {
    guard let value else { return true }
    switch value.first.map({ $0 | 0x20 }) {
    case UInt8(ascii: "y"), UInt8(ascii: "t"), UInt8(ascii: "1"): return true
    case UInt8(ascii: "o"): return value.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "n")
    default: return false
    }
  }

  /// Whether it sets this sysctl. The kernel takes `.` and `/` for each other (process_sysctl_arg in
  /// fs/proc/proc_sysctl.c).
  package func isSysctl(_ key: String) -> Bool {
    let wanted = "sysctl.\(key)".utf8
    // Most parameters differ in length, and need no copy.
    return name.utf8.count == wanted.count
      && name.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: ".") : $0 }.elementsEqual(wanted)
  }

  var isNonzero: Bool { text.flatMap { Int($0) }.map { $0 != 0 } ?? false }
}
