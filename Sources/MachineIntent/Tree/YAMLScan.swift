private import CYaml

/// Reads a YAML stream into a tree.
enum YAMLScan {
  /// Throws the first fault, with its place, and what goes beyond the limits.
  static func tree(
    of bytes: [UInt8], _ origin: TreeOrigin, limits: IntentLimits
  ) throws(TreeFailure) -> ConfigTree {
    let result: Result<ConfigTree, TreeFailure> = bytes.withUnsafeBufferPointer { source in
      if let elided = ElidedText(source),
        let tree = try? scan(source, as: elided, limits: limits, origin), !ElidedText.mayHideLongKey(tree)
      {
        return .success(tree)
      }
      // What is malformed is found again in the text as it is, with its place.
      do throws(TreeFailure) {
        return .success(try scan(source, as: nil, limits: limits, origin))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Reads the source, through `elided` where it is given.
  static func scan(
    _ source: UnsafeBufferPointer<UInt8>, as elided: ElidedText?, limits: IntentLimits, _ origin: TreeOrigin
  ) throws(TreeFailure) -> ConfigTree {
    var scan = Scan(limits: limits, source: source, elided: elided)
    try scan.run()
    return scan.builder.finish(origin)
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
      throw TreeFailure(code: .tooMany, line: 1, column: 1, reason: "\(directives) lines are YAML directives")
    }
  }

  private static func noMemory(line: Int, column: Int) -> TreeFailure {
    TreeFailure(
      code: .tooLarge, line: line, column: column, reason: "the memory does not suffice to read it; split the source")
  }

  private struct Scan {
    var builder: TreeBuilder
    private var anchors: [String: Int32] = [:]
    private let limits: IntentLimits
    private var expansion = AliasExpansion()
    private let source: UnsafeBufferPointer<UInt8>
    /// What libyaml is given in place of the source.
    private let elided: ElidedText?
    private var passedMarks = 0
    private var lines: LineCursor

    init(limits: IntentLimits, source: UnsafeBufferPointer<UInt8>, elided: ElidedText?) {
      builder = TreeBuilder(limits: limits, size: source.count)
      self.limits = limits
      self.source = source
      self.elided = elided
      lines = LineCursor(input: source)
    }

    mutating func run() throws(TreeFailure) {
      guard let elided else { return try run(over: source) }
      let failure: TreeFailure? = elided.bytes.withUnsafeBufferPointer { text in
        do throws(TreeFailure) {
          try run(over: text)
          return nil
        } catch {
          return error
        }
      }
      if let failure { throw failure }
    }

    private mutating func run(over text: UnsafeBufferPointer<UInt8>) throws(TreeFailure) {
      try YAMLScan.refuseManyDirectives(text)
      guard let parser = CYaml_open(text.baseAddress, text.count, limits.token) else {
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
            reason: "a value or a comment that ends no sooner than here has more than \(limits.token) bytes; split it")
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
      let column = sourceColumn(event.column, at: event.index) + 1
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

    private mutating func sourceColumn(_ column: UInt32, at index: Int) -> Int {
      elided?.column(Int(column), at: index, passing: &passedMarks) ?? Int(column)
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
          guard let decoded = Base64.decode(whole(value)) else {
            throw TreeFailure(code: .syntax, line: line, column: column, reason: "the '!!binary' value is not base64")
          }
          builder.text += decoded
          return try builder.addScalar(from: start, style: .quoted, line: line, column: column)
        case "int", "float", "bool", "null":
          style = .plain
        default: if style == .plain { style = .quoted }
        }
      }
      if let elided {
        elided.expand(value, of: source, to: &builder.text)
        // libyaml saw a shorter one.
        guard builder.text.count - start <= limits.token else {
          throw TreeFailure(
            code: .tooLarge, line: line, column: column,
            reason: "the value has more than \(limits.token) bytes; split it")
        }
      } else {
        builder.text.append(contentsOf: value)
      }
      if style == .literal {
        // Where the indentation is given by number, the text keeps the spaces beyond it.
        builder.indentations[Int32(builder.entries.count)] =
          lines.indentation(after: line) - LineCursor.leadingSpaces(value)
      }
      let inset = inset(event, column: column - 1, length: builder.text.count - start)
      try builder.addScalar(from: start, style: style, line: line, column: column, inset: inset)
    }

    private func whole(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8] {
      var text: [UInt8] = []
      guard let elided else { return Array(value) }
      elided.expand(value, of: source, to: &text)
      return text
    }

    /// How far the text stands behind the event's place, if it stands there as it is: what is escaped, folded or tagged
    /// takes other columns than its own.
    private mutating func inset(_ event: CYaml_Event, column: Int, length: Int) -> UInt8? {
      guard event.line == event.endLine else { return nil }
      let quote = event.style == CYaml_quoted ? 1 : 0
      let width = sourceColumn(event.endColumn, at: event.endIndex) - column - 2 * quote
      return width == length || width == UTF8Columns.count(builder.text.suffix(length)) ? UInt8(quote) : nil
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
        position = input.firstIndex(of: 0x0A, from: position).map { $0 + 1 } ?? input.count
        line += 1
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
