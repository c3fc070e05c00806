/// The kernel command line, split as systemd splits it.
enum SystemdParameters {
  /// Returns the modules of `modules_load=` and `modules-load=`, each once.
  ///
  /// Source: kernel-command-line(7). Both kinds of quotes join words and are removed. A quote that is not closed reaches to
  /// the end. A backslash is not special. Parameters that begin with `rd.` apply only in the initrd.
  static func modulesLoad(in line: [UInt8]) -> [ModuleName] {
    var modules: [ModuleName] = []
    var seen: Set<[UInt8]> = []
    for word in words(of: line) {
      guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let key = word[..<equals].map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
      guard key.elementsEqual("modules_load".utf8) else { continue }
      for name in word[(equals + 1)...].split(separator: UInt8(ascii: ",")) where seen.insert(Array(name)).inserted {
        modules.append(ModuleName(bytes: name))
      }
    }
    return modules
  }

  /// Returns the last `systemd.mask=` of this unit, without its quotes; nil if there is none.
  ///
  /// Source: systemd-debug-generator(8). A name without a type is that of a service.
  static func mask(of service: String, in line: [UInt8]) -> String? {
    words(of: line).map { String(decoding: $0, as: UTF8.self) }.last { word in
      word == "systemd.mask=\(service)" || "\(word).service" == "systemd.mask=\(service)"
    }
  }

  private static func words(of line: [UInt8]) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    var isInWord = false
    var quote: UInt8?
    // systemd removes the final newline before it looks for quotes.
    for byte in line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...] {
      if let open = quote {
        if byte == open { quote = nil } else { word.append(byte) }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        quote = byte
        isInWord = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if isInWord { words.append(word) }
        word = []
        isInWord = false
      default:
        word.append(byte)
        isInWord = true
      }
    }
    if isInWord { words.append(word) }
    return words
  }
}
