private import CYaml

/// Reads a YAML stream into a tree.
enum YAMLScan {
  static func tree(
    of bytes: [UInt8], _ origin: TreeOrigin, limits: IntentLimits
  ) throws(TreeFailure) -> ConfigTree {
    try refuseManyDirectives(bytes)
    var scan = Scan(limits: limits, size: bytes.count)
    let failure: TreeFailure? = bytes.withUnsafeBufferPointer { buffer in
      do throws(TreeFailure) {
        try scan.run(over: buffer)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
    return scan.builder.finish(origin)
  }

  /// libyaml compares every `%TAG` with all before it: many of them would take minutes.
  private static func refuseManyDirectives(_ bytes: [UInt8]) throws(TreeFailure) {
    let directives = bytes.withUnsafeBufferPointer { bytes in
      var count = 0
      var previous = UInt8(ascii: "\n")
      for byte in bytes {
        if byte == UInt8(ascii: "%"), previous == UInt8(ascii: "\n") || previous == UInt8(ascii: "\r") { count += 1 }
        previous = byte
      }
      return count
    }
    guard directives <= 1000 else {
      throw TreeFailure(code: .tooMany, line: 1, column: 1, reason: "\(directives) lines are YAML directives")
    }
  }

  private struct Scan {
    var builder: TreeBuilder
    private var anchors: [String: Int32] = [:]
    private let limits: IntentLimits
    private var expansion = AliasExpansion()
    private var lines = LineCursor(input: UnsafeBufferPointer(start: nil, count: 0))

    init(limits: IntentLimits, size: Int) {
      builder = TreeBuilder(limits: limits, size: size)
      self.limits = limits
    }

    mutating func run(over buffer: UnsafeBufferPointer<UInt8>) throws(TreeFailure) {
      lines = LineCursor(input: buffer)
      guard let parser = CYaml_open(buffer.baseAddress, buffer.count, limits.token) else {
        throw TreeFailure(code: .syntax, line: 1, column: 1, reason: "not enough memory")
      }
      defer { CYaml_close(parser) }
      var events: UnsafePointer<CYaml_Event>?
      var count = CYaml_next(parser, &events)
      while count > 0, let batch = events {
        for event in UnsafeBufferPointer(start: batch, count: Int(count)) { try add(event) }
        count = CYaml_next(parser, &events)
      }
      guard count == 0 else {
        var line: UInt32 = 0
        var column: UInt32 = 0
        let problem = String(cString: CYaml_error(parser, &line, &column))
        guard CYaml_foundLongToken(parser) == 0 else {
          throw TreeFailure(
            code: .tooLarge, line: Int(line) + 1, column: Int(column) + 1,
            reason: "a value or a comment that ends no sooner than here has more than \(limits.token) bytes; split it")
        }
        throw TreeFailure(
          code: .syntax, line: Int(line) + 1, column: Int(column) + 1, reason: "the YAML is malformed: \(problem)")
      }
    }

    private mutating func add(_ event: CYaml_Event) throws(TreeFailure) {
      let line = Int(event.line) + 1
      let column = Int(event.column) + 1
      switch event.kind {
      case CYaml_documentStart:
        anchors.removeAll()
        expansion = AliasExpansion()
      case CYaml_sequenceStart, CYaml_mappingStart:
        try remember(event, line: line, column: column)
        try builder.openCollection(
          event.kind == CYaml_mappingStart ? .mapping : .sequence, line: line, column: column)
        expansion.openCollection(anchored: event.anchor != nil)
      case CYaml_sequenceEnd, CYaml_mappingEnd:
        expansion.closeCollection(builder.closeCollection())
      case CYaml_alias:
        let name = String(cString: event.anchor)
        guard let target = anchors[name] else {
          throw TreeFailure(
            code: .syntax, line: line, column: column, reason: "the alias '*\(name)' names no anchor before it")
        }
        guard !builder.isOpen(target) else {
          throw TreeFailure(
            code: .aliasBomb, line: line, column: column, reason: "the anchor '&\(name)' contains itself")
        }
        try builder.addAlias(of: target, line: line, column: column)
        guard expansion.alias(of: target) else {
          throw TreeFailure(
            code: .aliasBomb, line: line, column: column,
            reason: "the aliases expand to far more than is written; write the values out")
        }
      case CYaml_scalar:
        try remember(event, line: line, column: column)
        try addScalar(event, line: line, column: column)
        expansion.scalar()
      default: break
      }
    }

    private mutating func remember(_ event: CYaml_Event, line: Int, column: Int) throws(TreeFailure) {
      guard let anchor = event.anchor else { return }
      guard anchors.count < limits.files else {
        throw TreeFailure(
          code: .tooMany, line: line, column: column, reason: "more than \(limits.files) anchors in one document")
      }
      anchors[String(cString: anchor)] = Int32(builder.entries.count)
    }

    /// What stands behind `!!`; nil for a tag of somebody's own, which may be as long as the source.
    private static func standardTag(_ tag: UnsafePointer<CChar>) -> String? {
      let prefix = "tag:yaml.org,2002:".utf8
      for (offset, byte) in prefix.enumerated() where UInt8(bitPattern: tag[offset]) != byte { return nil }
      let rest = tag + prefix.count
      guard (0..<10).contains(where: { rest[$0] == 0 }) else { return nil }
      return String(cString: rest)
    }

    private mutating func addScalar(_ event: CYaml_Event, line: Int, column: Int) throws(TreeFailure) {
      var style: ConfigTree.Style =
        switch event.style {
        case CYaml_plain: .plain
        case CYaml_literal: .literal
        default: .quoted
        }
      let start = builder.text.count
      let value = UnsafeBufferPointer(start: event.value, count: event.length)
      if let tag = event.tag {
        switch Self.standardTag(tag) {
        case "binary":
          guard let decoded = Base64.decode(value) else {
            throw TreeFailure(code: .syntax, line: line, column: column, reason: "the '!!binary' value is not base64")
          }
          builder.text += decoded
          return try builder.addScalar(from: start, style: .quoted, line: line, column: column)
        case "int", "float", "bool", "null":
          style = .plain
        default: if style == .plain { style = .quoted }
        }
      }
      builder.text.append(contentsOf: value)
      if style == .literal {
        // Where the indentation is given by number, the text keeps the spaces beyond it.
        builder.indentations[Int32(builder.entries.count)] =
          lines.indentation(after: line) - LineCursor.leadingSpaces(value)
      }
      try builder.addScalar(from: start, style: style, line: line, column: column, inset: Self.inset(event, value))
    }

    /// How far the text stands behind the event's place, if it stands there as it is: what is escaped, folded or tagged
    /// takes other columns than its own.
    private static func inset(_ event: CYaml_Event, _ value: UnsafeBufferPointer<UInt8>) -> UInt8? {
      guard event.line == event.endLine else { return nil }
      let quote = event.style == CYaml_quoted ? 1 : 0
      let width = Int(event.endColumn) - Int(event.column) - 2 * quote
      return width == value.count || width == UTF8Columns.count(value) ? UInt8(quote) : nil
    }
  }

  /// Finds lines of the source, each after the one before.
  private struct LineCursor {
    let input: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var line = 1

    init(input: UnsafeBufferPointer<UInt8>) { self.input = input }

    /// Of the first line after `wanted` that is not blank.
    mutating func indentation(after wanted: Int) -> Int {
      while line <= wanted, position < input.count {
        if input[position] == 0x0A { line += 1 }
        position += 1
      }
      return Self.leadingSpaces(input[position...])
    }

    /// Of the first line that is not blank.
    static func leadingSpaces(_ text: some Sequence<UInt8>) -> Int {
      var spaces = 0
      for byte in text {
        switch byte {
        case 0x20: spaces += 1
        case 0x0A, 0x0D: spaces = 0
        default: return spaces
        }
      }
      return spaces
    }
  }
}
