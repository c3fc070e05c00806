/// The parts of a module's ELF file that decide whether the kernel's own switches stop it.
///
/// Source: elf(5), and the kernel's `find_kallsyms_symbol` in kernel/module/kallsyms.c.
package struct ModuleObject: Sendable {
  private let bytes: [UInt8]
  private let isBigEndian: Bool
  private let is64Bit: Bool
  private var sections: [Section] = []

  private struct Section {
    let type: UInt64
    let offset: Int
    let size: Int
    let link: Int
    let entrySize: Int
  }

  /// Returns nil if the bytes are not those of a relocatable ELF file, such as a compressed one.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= 52, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
    self.bytes = bytes
    is64Bit = bytes[4] == 2
    isBigEndian = bytes[5] == 2
    let header = is64Bit ? (table: 0x28, size: 0x3A, count: 0x3C) : (table: 0x20, size: 0x2E, count: 0x30)
    guard let table = word(header.table), let size = half(header.size), let count = half(header.count), size > 0
    else { return nil }
    for index in 0..<count {
      let (start, overflows) = table.addingReportingOverflow(index * size)
      guard !overflows, let section = section(at: start) else { return nil }
      sections.append(section)
    }
  }

  /// The kernel's name for the module's init function, for `initcall_blacklist=`; nil if there is none.
  ///
  /// It is the first symbol of the table at the address of `init_module`. Local symbols come first, so it is the name
  /// in the source, such as `sctp_init`.
  package var initFunction: String? {
    guard let symbols = sections.first(where: { $0.type == 2 }), sections.indices.contains(symbols.link) else {
      return nil
    }
    let names = sections[symbols.link]
    var all: [(name: String, section: Int, value: Int)] = []
    guard symbols.entrySize > 0 else { return nil }
    for offset in stride(from: 0, to: symbols.size - symbols.entrySize + 1, by: symbols.entrySize) {
      let start = symbols.offset + offset
      guard let name = integer(start, 4), let section = half(start + (is64Bit ? 6 : 14)),
        let value = word(start + (is64Bit ? 8 : 4)), section != 0,
        let text = string(at: names.offset + name, before: names.offset + names.size), !text.isEmpty
      else { continue }
      all.append((text, section, value))
    }
    guard let entry = all.first(where: { $0.name == "init_module" }) else { return nil }
    return all.first { $0.section == entry.section && $0.value == entry.value }?.name
  }

  private func section(at start: Int) -> Section? {
    let size = is64Bit ? 8 : 4
    guard let type = integer(start + 4, 4), let offset = word(start + 8 + 2 * size),
      let length = word(start + 8 + 3 * size), let link = integer(start + 8 + 4 * size, 4),
      let entrySize = word(start + 16 + 5 * size)
    else { return nil }
    // A section of type NOBITS (8) has no bytes in the file.
    guard type == 8 || offset <= bytes.count && length <= bytes.count - offset else { return nil }
    return Section(type: UInt64(type), offset: offset, size: type == 8 ? 0 : length, link: link, entrySize: entrySize)
  }

  private func string(at start: Int, before end: Int) -> String? {
    guard start >= 0, start < end, end <= bytes.count else { return nil }
    return String(decoding: bytes[start..<end].prefix { $0 != 0 }, as: UTF8.self)
  }

  private func half(_ offset: Int) -> Int? { integer(offset, 2) }
  private func word(_ offset: Int) -> Int? { integer(offset, is64Bit ? 8 : 4) }

  /// Returns nil outside of the file, and for a number that cannot be an offset.
  private func integer(_ offset: Int, _ size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    let field = bytes[offset..<(offset + size)]
    let value = (isBigEndian ? Array(field) : field.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value <= UInt64(Int.max / 2) ? Int(value) : nil
  }
}
