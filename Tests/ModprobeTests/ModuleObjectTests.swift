import Modprobe
import Testing

/// Small relocatable ELF files with a symbol table.
private struct MadeObject {
  /// A name, its section and its value, in the table's order.
  var symbols: [(name: String, section: UInt16, value: UInt64)]
  var isBigEndian = false

  var bytes: [UInt8] {
    func number(_ value: UInt64, _ size: Int) -> [UInt8] {
      let little = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
      return isBigEndian ? little.reversed() : little
    }
    var names: [UInt8] = [0]
    var table = [UInt8](repeating: 0, count: 24)
    for symbol in symbols {
      table += number(UInt64(names.count), 4) + [0, 0] + number(UInt64(symbol.section), 2) + number(symbol.value, 8)
      table += number(0, 8)
      names += Array(symbol.name.utf8) + [0]
    }
    let headerSize = 64
    let (tableStart, namesStart) = (headerSize, headerSize + table.count)
    let sectionsStart = namesStart + names.count
    func section(type: UInt64, offset: Int, size: Int, link: UInt64, entry: UInt64) -> [UInt8] {
      number(0, 4) + number(type, 4) + number(0, 8) + number(0, 8) + number(UInt64(offset), 8) + number(UInt64(size), 8)
        + number(link, 4) + number(0, 4) + number(1, 8) + number(entry, 8)
    }
    var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, isBigEndian ? 2 : 1, 1] + [UInt8](repeating: 0, count: 9)
    header +=
      number(1, 2) + number(62, 2) + number(1, 4) + number(0, 8) + number(0, 8) + number(UInt64(sectionsStart), 8)
    header += number(0, 4) + number(64, 2) + number(0, 2) + number(0, 2) + number(64, 2) + number(3, 2) + number(2, 2)
    return header + table + names + section(type: 0, offset: 0, size: 0, link: 0, entry: 0)
      + section(type: 2, offset: tableStart, size: table.count, link: 2, entry: 24)
      + section(type: 3, offset: namesStart, size: names.count, link: 0, entry: 0)
  }
}

@Suite struct ModuleObjectTests {
  private static let symbols: [(name: String, section: UInt16, value: UInt64)] = [
    ("sctp_helper", 1, 0), ("sctp_init", 2, 16), ("other", 3, 16), ("init_module", 2, 16), ("cleanup_module", 1, 0),
  ]

  @Test(arguments: [false, true])
  func `the init function is the first symbol at the address of init_module`(isBigEndian: Bool) {
    let object = MadeObject(symbols: Self.symbols, isBigEndian: isBigEndian)
    #expect(ModuleObject(object.bytes)?.initFunction == "sctp_init")
  }

  @Test func `a module without init_module has no init function`() {
    let object = ModuleObject(MadeObject(symbols: [("udp_tunnel6_xmit_skb", 1, 0)]).bytes)
    #expect(object != nil && object?.initFunction == nil)
  }

  @Test func `a module that calls its function init_module has that one`() {
    #expect(ModuleObject(MadeObject(symbols: [("init_module", 1, 0)]).bytes)?.initFunction == "init_module")
  }

  @Test func `what is no ELF file is no module`() {
    #expect(ModuleObject([]) == nil)
    #expect(ModuleObject([0x1F, 0x8B] + [UInt8](repeating: 0, count: 100)) == nil)
    #expect(ModuleObject(Array("not really".utf8)) == nil)
  }

  /// Every cut and every changed byte ends in an answer.
  @Test func `damaged files are read without a crash`() {
    let whole = MadeObject(symbols: Self.symbols).bytes
    for length in 0...whole.count { _ = ModuleObject(Array(whole.prefix(length)))?.initFunction }
    for position in whole.indices {
      for value in [UInt8(0), 1, 0x7F, 0xFF] {
        var bytes = whole
        bytes[position] = value
        _ = ModuleObject(bytes)?.initFunction
      }
    }
  }
}
