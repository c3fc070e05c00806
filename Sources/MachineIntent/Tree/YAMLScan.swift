private import CYaml

/// Reads a YAML stream into a tree, as the decoder does that Kubernetes uses (Go's `sigs.k8s.io/yaml`).
enum YAMLScan {
  /// Returns the tree of a text. Throws the first error with its place, and what exceeds the limits.
  static func tree(
    of bytes: [UInt8], _ origin: TreeOrigin, limits: IntentLimits
  ) throws(TreeFailure) -> ConfigTree {
    let text = YAMLDocumentMarks.adapted(bytes)
    let result: Result<ConfigTree, TreeFailure> = text.withUnsafeBufferPointer { source in
      do throws(TreeFailure) {
        var scan = Scan(limits: limits, source: source)
        try scan.run()
        return .success(scan.builder.finish(origin))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// libyaml compares every `%TAG` with all before it: many of them would take minutes.
  private static func refuseManyDirectives(_ text: UnsafeBufferPointer<UInt8>) throws(TreeFailure) {
    var directives = 0
    var position = 0
    while let sign = text.firstIndex(of: UInt8(ascii: "%"), from: position) {
      if sign == 0 || text[sign - 1] == UInt8(ascii: "\n") || text[sign - 1] == UInt8(ascii: "\r") { directives += 1 }
      position = sign + 1
    }
    guard directives <= 1000 else {
      throw TreeFailure(
        code: .tooMany, line: 1, column: 1, reason: "\(directives) lines are YAML directives; at most 1000 are read")
    }
  }

  private static func noMemory(line: Int, column: Int) -> TreeFailure {
    TreeFailure(code: .tooLarge, line: line, column: column, reason: "not enough memory; split the source")
  }

  private struct Scan {
    var builder: TreeBuilder
    private var anchors: [String: Int32] = [:]
    private let limits: IntentLimits
    private var expansion = AliasExpansion()
    private let source: UnsafeBufferPointer<UInt8>
    private var lines: LineCursor
    /// The place of the escapes; nil if the text has no `\/`, so that nothing has to be checked.
    private var escapes: LineCursor?

    init(limits: IntentLimits, source: UnsafeBufferPointer<UInt8>) {
      builder = TreeBuilder(limits: limits, size: source.count)
      self.limits = limits
      self.source = source
      lines = LineCursor(input: source)
      escapes = Self.holdsEscapedSlash(source) ? LineCursor(input: source) : nil
    }

    mutating func run() throws(TreeFailure) {
      try YAMLScan.refuseManyDirectives(source)
      guard let parser = CYaml_open(source.baseAddress, source.count, limits.token) else {
        throw YAMLScan.noMemory(line: 1, column: 1)
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
        switch CYaml_fault(parser) {
        case CYaml_longToken:
          throw TreeFailure(
            code: .tooLarge, line: Int(line) + 1, column: Int(column) + 1,
            reason: "a value or a comment here has more than \(limits.token) bytes; split it")
        case CYaml_noMemory:
          throw YAMLScan.noMemory(line: Int(line) + 1, column: Int(column) + 1)
        default:
          throw TreeFailure(
            code: .syntax, line: Int(line) + 1, column: Int(column) + 1, reason: "the YAML is malformed: \(problem)")
        }
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
            code: .syntax, line: line, column: column, reason: "the alias '*\(name)' has no anchor '&\(name)' before it"
          )
        }
        guard !builder.isOpen(target) else {
          throw TreeFailure(
            code: .aliasBomb, line: line, column: column, reason: "the anchor '&\(name)' contains itself")
        }
        try builder.addAlias(of: target, line: line, column: column)
        guard expansion.alias(of: target) else {
          throw TreeFailure(
            code: .aliasBomb, line: line, column: column,
            reason: "the aliases expand to far more values than the text has; write the values out")
        }
      case CYaml_scalar:
        if event.style == CYaml_quoted { try refuseEscapedSlash(line: line, column: column) }
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

    /// Returns what follows `!!` in a tag of YAML's own. Returns nil for any other tag, which may be as long as the
    /// source.
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
        // If a digit gives the indentation, the text keeps the spaces beyond it.
        builder.indentations[Int32(builder.entries.count)] =
          lines.indentation(after: line) - LineCursor.leadingSpaces(value)
      }
      let inset = inset(event, value)
      try builder.addScalar(from: start, style: style, line: line, column: column, inset: inset)
    }

    /// Returns how many columns after the event's place the text begins. Returns nil if the text was escaped, folded or
    /// tagged, because then its columns are not those of the source.
    private func inset(_ event: CYaml_Event, _ value: UnsafeBufferPointer<UInt8>) -> UInt8? {
      guard event.line == event.endLine else { return nil }
      let quote = event.style == CYaml_quoted ? 1 : 0
      let width = Int(event.endColumn) - Int(event.column) - 2 * quote
      return width == value.count || width == UTF8Columns.count(value) ? UInt8(quote) : nil
    }

    private static func holdsEscapedSlash(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
      var position = 0
      while let found = source.firstIndex(of: UInt8(ascii: "\\"), from: position) {
        if found + 1 < source.count, source[found + 1] == UInt8(ascii: "/") { return true }
        position = found + 1
      }
      return false
    }

    /// Throws if the double-quoted scalar at this place has the escape `\/`: libyaml reads it, Go's decoder does not.
    private mutating func refuseEscapedSlash(line: Int, column: Int) throws(TreeFailure) {
      guard let (start, lineBegin) = escapes?.index(line: line, column: column) else { return }
      // A tag or an anchor may come first, and neither has a quote.
      var position = start
      while position < source.count, source[position] != UInt8(ascii: "\"") {
        if source[position] == UInt8(ascii: "'") { return }
        position += 1
      }
      position += 1
      var escapeLine = line
      var lineStart = lineBegin
      while position + 1 < source.count, source[position] != UInt8(ascii: "\"") {
        if source[position] == UInt8(ascii: "\n") {
          escapeLine += 1
          lineStart = position + 1
        }
        guard source[position] == UInt8(ascii: "\\") else {
          position += 1
          continue
        }
        if source[position + 1] == UInt8(ascii: "/") {
          throw TreeFailure(
            code: .syntax, line: escapeLine, column: UTF8Columns.count(source[lineStart..<position]) + 1,
            reason: "the YAML is malformed: Kubernetes does not know the escape '\\/'; write '/'")
        }
        position += source[position + 1] == UInt8(ascii: "\n") ? 1 : 2
      }
    }
  }

  /// Finds places of the source, each at or after the one before.
  private struct LineCursor {
    let input: UnsafeBufferPointer<UInt8>
    /// The beginning of the line.
    private var position = 0
    private var line = 1
    /// The byte on the line at which the last search for a column ended, and the column.
    private var index = 0
    private var characters = 1

    init(input: UnsafeBufferPointer<UInt8>) { self.input = input }

    /// Returns the indentation of the first line after `wanted` that is not blank.
    mutating func indentation(after wanted: Int) -> Int {
      advance(past: wanted)
      return Self.leadingSpaces(input[position...])
    }

    /// Returns the index of the first byte of the character at this place, and that of its line.
    mutating func index(line wanted: Int, column: Int) -> (index: Int, lineStart: Int) {
      if line < wanted || index < position {
        advance(past: wanted - 1)
        (index, characters) = (position, 1)
      }
      while index < input.count, characters < column || input[index] & 0xC0 == 0x80 {
        index += 1
        if index < input.count, input[index] & 0xC0 != 0x80 { characters += 1 }
      }
      return (index, position)
    }

    private mutating func advance(past wanted: Int) {
      while line <= wanted, position < input.count {
        position = input.firstIndex(of: 0x0A, from: position).map { $0 + 1 } ?? input.count
        line += 1
      }
    }

    /// Returns the number of spaces before the first line that is not blank.
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
