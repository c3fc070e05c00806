/// The first place in a text that a template engine has yet to replace.
struct TemplateMark {
  /// The template languages in which MachineConfigs are written.
  enum Language {
    case hub, policy, helm, go, jinja, erb, ytt, terraform
    case openShift
    case variable
    /// Texts that are not templates, but from which manifests are made or copied.
    case script, markdown

    /// What the text is, and which program renders it.
    var advice: String {
      switch self {
      case .hub:
        "a hub template, which Advanced Cluster Management resolves on the hub; to check the result, run "
          + "'policytools template-resolver' first"
      case .policy:
        "a template of a policy, which Advanced Cluster Management resolves on the cluster; to check the result, run "
          + "'policytools template-resolver' first"
      case .helm: "a Helm template; run 'helm template' first and use its output"
      case .go:
        "a Go template, for example of Helm; run 'helm template' or the program that it is for, and use the output"
      case .jinja:
        "a Jinja template, for example of Ansible; render it first, for example with 'ansible.builtin.template', and use "
          + "the output"
      case .erb: "an ERB template; run 'erb' first and use its output"
      case .terraform: "a Terraform template; render it first, with 'templatefile', and use the output"
      case .ytt: "a ytt template; run 'ytt' first and use its output"
      case .openShift: "a parameter of an OpenShift template; run 'oc process' first and use its output"
      case .variable:
        "a variable of a template; replace it first, for example with 'envsubst' or 'oc process', and use the output"
      case .script:
        "a script, which makes manifests when it runs; let it write them to a file, and use that file"
      case .markdown: "Markdown, whose code blocks are not read; copy the manifest to a separate file"
      }
    }
  }

  let language: Language
  /// The offset of its first byte in the text.
  let offset: Int

  private static let openings: [[UInt8]] = ["{{", "{%", "{#", "<%"].map { Array($0.utf8) }

  /// Finds the first mark of a template language in the text of a value. Returns nil if there is none.
  init?(in text: ArraySlice<UInt8>, ofPolicy: Bool = false) {
    guard let offset = Self.firstOpening(in: text) else { return nil }
    self.offset = offset
    language = Self.language(of: text, from: offset, ofPolicy: ofPolicy)
  }

  /// Finds the first comment that is an instruction of ytt, `#@`. Such a text is YAML by itself. Returns nil if there is
  /// none.
  init?(inCommentsOf text: [UInt8]) {
    var position = text.startIndex
    while let found = text[position...].firstIndex(of: UInt8(ascii: "#")) {
      position = found + 1
      guard position < text.endIndex, text[position] == UInt8(ascii: "@") else { continue }
      guard found == text.startIndex || [0x20, 0x09, 0x0A].contains(text[found - 1]) else { continue }
      let rest = text[(position + 1)...]
      guard let next = rest.first, next == 0x20 || next == 0x2F || rest.starts(with: "overlay".utf8) else { continue }
      offset = found
      language = .ytt
      return
    }
    return nil
  }

  /// Finds a variable in a text that cannot hold one by itself, such as a name: `$role`, `${ROLE}`, `<ROLE>`, `@ROLE@`.
  init?(variableIn text: ArraySlice<UInt8>) {
    let place = text.firstIndex { "$<>@".utf8.contains($0) }
    guard let place else { return nil }
    offset = place - text.startIndex
    language = .variable
  }

  /// Finds the first use of one of an OpenShift template's parameters: `${NAME}` or `${{NAME}}`.
  init?(of parameters: Set<String>, in text: ArraySlice<UInt8>) {
    guard !parameters.isEmpty else { return nil }
    var position = text.startIndex
    while let dollar = text[position...].firstIndex(of: UInt8(ascii: "$")) {
      position = dollar + 1
      let name = text[position...].drop { $0 == UInt8(ascii: "{") }.prefix { $0 != UInt8(ascii: "}") }
      guard text[position...].first == UInt8(ascii: "{"), name.endIndex < text.endIndex,
        parameters.contains(String(decoding: name.prefix(200), as: UTF8.self))
      else { continue }
      offset = dollar - text.startIndex
      language = .openShift
      return
    }
    return nil
  }

  /// Finds the mark that explains why a text is neither YAML nor JSON. Returns nil if no mark does: a line must begin with
  /// it, or have it as an unquoted value, or be the line at which the parser failed or next to it.
  init?(inMalformed text: [UInt8], failingAt line: Int) {
    var number = 0
    var found: Int?
    for content in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      guard let offset = Self.firstOpening(in: content) ?? Self.terraformDirective(in: content) else { continue }
      let mark = content.startIndex + offset
      let before = content[..<mark].drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: "-") }
      let isValue = before.last(where: { $0 != 0x20 }) == UInt8(ascii: ":")
      guard before.isEmpty || isValue || abs(number - line) <= 1 else { continue }
      found = mark
      break
    }
    guard let found else { return nil }
    offset = found
    language = Self.language(of: text[...], from: found, ofPolicy: false)
  }

  /// Finds the here-document of a shell script, or the code block of a text in Markdown. Returns nil if there is
  /// neither before the first field of a manifest. Later ones are part of that manifest.
  init?(inScript text: [UInt8]) {
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    let contents = lines.map { line in line.drop { $0 == 0x20 || $0 == 0x09 } }
    for (number, line) in contents.enumerated() {
      guard !line.starts(with: "apiVersion:".utf8), !line.starts(with: "kind:".utf8) else { return nil }
      if line.starts(with: "```".utf8) {
        offset = line.startIndex
        language = .markdown
        return
      }
      guard let (mark, word) = Self.hereDocument(in: line) else { continue }
      guard contents[(number + 1)...].contains(where: { $0.elementsEqual(word) }) else { continue }
      offset = mark
      language = .script
      return
    }
    return nil
  }

  /// Returns the place of `<<WORD`, `<<-WORD` or `<<'WORD'`, and the word.
  private static func hereDocument(in line: ArraySlice<UInt8>) -> (mark: Int, word: ArraySlice<UInt8>)? {
    var position = line.startIndex
    while let mark = line[position...].firstIndex(of: UInt8(ascii: "<")) {
      position = mark + 1
      guard line[mark...].starts(with: "<<".utf8) else { continue }
      let word = line[(mark + 2)...].drop { " -'\"\\".utf8.contains($0) }
        .prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
      if !word.isEmpty { return (mark, word) }
    }
    return nil
  }

  /// Reports a text that cannot be read because it is a template: an error if it makes a MachineConfig, otherwise a
  /// warning. A script or Markdown within a source, such as that of a ConfigMap, is a warning too, because it is not a
  /// manifest.
  func report(_ text: [UInt8], in origin: TreeOrigin, _ findings: inout Findings) {
    let before = text[..<offset]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let at = origin.location(
      line: before.count { $0 == 0x0A } + 1, column: UTF8Columns.count(before[lineStart...]) + 1)
    let isIntent = text[...].contains("MachineConfig") || text[...].contains("ignition")
    let isManifest = origin.isWholeSource || language != .script && language != .markdown
    findings.add(isIntent && isManifest ? .error : .warning, .template, at: at, "this text is \(language.advice)")
  }

  private static func firstOpening(in text: ArraySlice<UInt8>) -> Int? {
    var position = text.startIndex
    while let found = text[position...].firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "<") }) {
      if openings.contains(where: text[found...].starts) { return found - text.startIndex }
      position = found + 1
    }
    return nil
  }

  /// Finds `%{ if …` and the like. A unit may hold `%{…}` for other reasons.
  private static func terraformDirective(in text: ArraySlice<UInt8>) -> Int? {
    var position = text.startIndex
    while let found = text[position...].firstIndex(of: UInt8(ascii: "%")) {
      position = found + 1
      guard text[position...].first == UInt8(ascii: "{") else { continue }
      let word = text[(position + 1)...].drop { " ~".utf8.contains($0) }.prefix { $0.isLetter }
      if ["if", "for", "else", "endif", "endfor"].contains(String(decoding: word, as: UTF8.self)) {
        return found - text.startIndex
      }
    }
    return nil
  }

  private static func language(of text: ArraySlice<UInt8>, from offset: Int, ofPolicy: Bool) -> Language {
    let mark = text[(text.startIndex + offset)...]
    if mark.starts(with: "<%".utf8) { return .erb }
    if mark.starts(with: "%{".utf8) { return .terraform }
    if text.contains("{{hub") { return .hub }
    if ofPolicy { return .policy }
    if text.contains("{%") || text.contains("{#") { return .jinja }
    let helm: [StaticString] = [
      ".Values", ".Release", ".Chart", ".Capabilities", "include \"", "toYaml", "nindent", "b64enc",
    ]
    if helm.contains(where: { text.contains($0) }) { return .helm }
    // A Go template names a field with a dot, calls a function with arguments, or begins with a keyword.
    let expression = mark.dropFirst(2).drop { $0 == 0x20 || $0 == UInt8(ascii: "-") }
    let word = String(
      decoding: expression.prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }, as: UTF8.self)
    let keywords: Set<String> = [
      "if", "range", "with", "define", "template", "block", "end", "else", "printf", "quote",
    ]
    guard !word.isEmpty, !keywords.contains(word) else { return .go }
    let next = expression.dropFirst(word.utf8.count).first { $0 != 0x20 }
    return next.map { "}|.[(-+".utf8.contains($0) } ?? false ? .jinja : .go
  }
}
