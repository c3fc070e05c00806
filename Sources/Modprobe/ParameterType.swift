/// The type of a module's parameter, by its name in `parmtype`. It decides which values the kernel accepts.
///
/// Source: kernel/params.c and lib/kstrtox.c. A type that the module defines itself (`module_param_cb`) is unknown here
/// and accepts any value.
package struct ParameterType: Hashable, Sendable {
  /// The name in the module's file, such as `bool` or `array of int`.
  package let name: String

  package init(_ name: String) { self.name = name }

  /// Whether the kernel accepts the value.
  ///
  /// - Parameters:
  ///   - value: the value as written; nil for a parameter without `=`.
  ///   - kernel: its version decides which words are booleans.
  package func takes(_ value: [UInt8]?, kernel: KernelVersion) -> Bool {
    guard let value else { return Self.switches.contains(name) || !isKnown }
    if let element {
      return value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).allSatisfy {
        element.takes(Array($0), kernel: kernel)
      }
    }
    if Self.switches.contains(name) || name == "bool_enable_only" { return Self.isBoolean(value, kernel: kernel) }
    guard let range = Self.ranges[name] else { return true }
    return Self.integer(value).map(range.contains) ?? false
  }

  private var isKnown: Bool {
    Self.switches.contains(name) || Self.ranges[name] != nil || ["charp", "string"].contains(name)
      || element?.isKnown == true
  }

  private var element: ParameterType? {
    let prefix = "array of "
    return name.hasPrefix(prefix) ? ParameterType(String(name.dropFirst(prefix.count))) : nil
  }

  /// The types that need no value.
  private static let switches: Set<String> = ["bool", "invbool", "bint", "bool_enable_only"]

  private static let ranges: [String: ClosedRange<Int128>] = [
    "byte": 0...0xFF, "short": -0x8000...0x7FFF, "ushort": 0...0xFFFF,
    "int": -0x8000_0000...0x7FFF_FFFF, "uint": 0...0xFFFF_FFFF, "hexint": 0...0xFFFF_FFFF,
    "long": Int128(Int64.min)...Int128(Int64.max), "ulong": 0...Int128(UInt64.max), "ullong": 0...Int128(UInt64.max),
  ]

  /// `kstrtobool` looks at the first byte, and at the second after an `o`.
  private static func isBoolean(_ value: [UInt8], kernel: KernelVersion) -> Bool {
    switch value.first.map({ $0 | 0x20 }) {
    case UInt8(ascii: "y"), UInt8(ascii: "n"): true
    case UInt8(ascii: "1"), UInt8(ascii: "0"): value[0] >= UInt8(ascii: "0")
    case UInt8(ascii: "t"), UInt8(ascii: "f"): kernel >= KernelVersion(5, 19)
    case UInt8(ascii: "o"): value.count > 1 && [UInt8(ascii: "n"), UInt8(ascii: "f")].contains(value[1] | 0x20)
    default: false
    }
  }

  /// `kstrtoll` with base 0: a sign, `0x` or a leading `0`, digits, and one newline at the end.
  private static func integer(_ value: [UInt8]) -> Int128? {
    var digits = value[...]
    if digits.last == UInt8(ascii: "\n") { digits.removeLast() }
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    var radix = 10
    if digits.first == UInt8(ascii: "0") {
      let second = digits.dropFirst().first.map { $0 | 0x20 }
      let third = digits.dropFirst(2).first
      if second == UInt8(ascii: "x"), third.flatMap(Hex.value) != nil {
        digits = digits.dropFirst(2)
        radix = 16
      } else {
        radix = 8
      }
    }
    guard !digits.isEmpty, digits.allSatisfy({ Hex.value(of: $0) != nil }) else { return nil }
    return Int128(String(decoding: digits, as: UTF8.self), radix: radix).map { isNegative ? -$0 : $0 }
  }
}

/// The version with which a kernel's release begins, such as 5.14.
package struct KernelVersion: Hashable, Comparable, Sendable {
  private let major: Int
  private let minor: Int

  package init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads a release. One that does not begin with a version counts as that of a new kernel.
  package init(release: String) {
    let parts = release.split(separator: ".", maxSplits: 2).prefix(2).map { part in
      Int(part.prefix { $0.isASCII && $0.isNumber })
    }
    (major, minor) = parts.count == 2 ? (parts[0] ?? .max, parts[1] ?? 0) : (.max, 0)
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}

/// A parameter of a module that the kernel refuses, which makes the load fail.
package struct RefusedParameter: Hashable, Sendable {
  package let rule: ModprobeRule
  /// The parameter as written, such as `no_checksums=perhaps`.
  package let text: String
  package let type: ParameterType
}

extension ModprobeConfiguration {
  /// The parameters among the options of a module that the kernel refuses, because the value is not of the type.
  ///
  /// The kernel ignores parameters that the module does not have, and everything after `--` (kernel/params.c).
  ///
  /// - Parameters:
  ///   - names: the module, and the alias by which it was asked for.
  ///   - types: the type of each parameter that the module has, by name.
  ///   - kernel: the version that judges the values.
  package func refusedParameters(
    of names: [String], types: [String: ParameterType], kernel: KernelVersion
  ) -> [RefusedParameter] {
    guard !types.isEmpty else { return [] }
    var refused: [RefusedParameter] = []
    for rule in rules where rule.kind == .options && names.contains(where: { rule.names(ModuleName($0)) }) {
      for parameter in KernelParameter.all(in: Array(rule.source[rule.rest])) {
        guard let type = types[parameter.name], !type.takes(parameter.value.map(Array.init), kernel: kernel) else {
          continue
        }
        refused.append(RefusedParameter(rule: rule, text: parameter.word, type: type))
      }
    }
    return refused
  }
}

extension ModprobeConfiguration {
  /// Whether an options line names the module.
  package func hasOptions(of module: ModuleName) -> Bool {
    rules.contains { $0.kind == .options && $0.names(module) }
  }
}

extension ModprobeRule {
  fileprivate func names(_ module: ModuleName) -> Bool { names(Array(module.rawValue.utf8)) }
}
