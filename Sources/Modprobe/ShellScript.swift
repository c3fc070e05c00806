/// The part of the shell's language that install lines use. A script is followed without running anything.
struct ShellScript {
  /// A simple command: a program and its arguments, without quotes, assignments and redirections.
  struct Command {
    let words: [String]
  }

  private enum Token: Equatable {
    case word(String)
    /// `end` separates commands that run one after the other; `background` is `&`, after which the status is success.
    case and, or, end, background, close
    /// The beginning of a group: `{`, or `(`, whose commands cannot end the script.
    case open(isSubshell: Bool)
  }

  private var tokens: ArraySlice<Token>
  private var depth = 0
  /// Whether the script is after a `)` without a `(`, such as a pattern of `case`: it is unknown which commands run there.
  private var isInBranch = false

  /// The deepest group that is followed. A deeper one is an unknown command.
  private static let deepest = 50

  init(_ text: String) { tokens = Self.tokens(of: text)[...] }

  /// Visits the commands that may run.
  ///
  /// - Parameter visit: returns whether the command succeeds, or nil if that cannot be known.
  /// - Returns: whether the script ends with status 0, or nil if that cannot be known.
  @discardableResult
  mutating func run(_ visit: (Command) -> Bool?) -> Bool? {
    var isReachable = true
    while true {
      let result = walk(isReachable: isReachable, visit)
      guard !tokens.isEmpty else { return isInBranch ? nil : result.status }
      isReachable = !result.exits && isReachable
      isInBranch = true
      tokens = tokens.dropFirst()
    }
  }

  /// Follows a list of commands to its end or to the end of the group.
  ///
  /// - Returns: its status (success, failure, or nil if that cannot be known), and whether it leaves the script for
  ///   certain.
  private mutating func walk(
    isReachable: Bool, _ visit: (Command) -> Bool?
  ) -> (status: Bool?, exits: Bool) {
    var status: Bool? = true
    var exits = false
    var separator = Token.end
    while let token = tokens.first {
      switch token {
      case .close:
        return (status, exits)
      case .and, .or, .end:
        separator = token
        tokens.removeFirst()
      case .background:
        if !exits { status = true }
        separator = .end
        tokens.removeFirst()
      case .open, .word:
        let runs: Bool? =
          switch separator {
          case .and: status
          case .or: status.map { !$0 }
          case .end, .background, .close, .open, .word: true
          }
        let result = step(isReachable: isReachable && !exits && runs != false, after: status, visit)
        if exits { break }
        switch runs {
        case true?: status = result.status
        case false?: break
        // The first command to end the list decides: its status is success after `||` and failure after `&&`, or
        // unknown.
        case nil: status = result.status == (separator == .or) ? result.status : nil
        }
        exits = result.exits && runs == true && !isInBranch
        separator = .end
      }
    }
    return (status, exits)
  }

  /// Follows one group or simple command. `last` is the status before it, which `exit` returns.
  private mutating func step(
    isReachable: Bool, after last: Bool?, _ visit: (Command) -> Bool?
  ) -> (status: Bool?, exits: Bool) {
    if case .open(let isSubshell)? = tokens.first {
      tokens.removeFirst()
      depth += 1
      defer { depth -= 1 }
      guard depth < Self.deepest else {
        tokens = []
        return (nil, false)
      }
      let result = walk(isReachable: isReachable, visit)
      if tokens.first == .close { tokens.removeFirst() }
      return (result.status, result.exits && !isSubshell)
    }
    var words: [String] = []
    while case .word(let word)? = tokens.first {
      words.append(word)
      tokens.removeFirst()
    }
    return simple(words[...], isReachable: isReachable, after: last, visit)
  }

  private mutating func simple(
    _ words: ArraySlice<String>, isReachable: Bool, after last: Bool?, _ visit: (Command) -> Bool?
  ) -> (status: Bool?, exits: Bool) {
    var words = words
    var isConditional = false
    var isNegated = false
    while let first = words.first {
      if Self.keywords.contains(first) {
        isConditional = true
      } else if first == "!" {
        isNegated.toggle()
      } else if !Self.prefixes.contains(first), !Self.isAssignment(first) {
        break
      }
      words.removeFirst()
    }
    guard let program = words.first else { return (isConditional ? nil : true, false) }
    let visited = isReachable ? visit(Command(words: Array(words))) : nil
    let status: Bool?
    switch program.split(separator: "/").last {
    case "true", ":": status = true
    case "false": status = false
    case "exit":
      return (isConditional ? nil : Self.status(ofExit: words.dropFirst().first, after: last), !isConditional)
    default: status = visited
    }
    return (isConditional ? nil : status.map { $0 != isNegated }, false)
  }

  /// exit(1p): without an operand, or with `$?`, the status is that of the last command; the kernel keeps eight bits.
  private static func status(ofExit code: String?, after last: Bool?) -> Bool? {
    guard let code, code != "$?" else { return last }
    return Int(code).map { $0 & 0xFF == 0 }
  }

  private static let keywords: Set<String> = [
    "if", "then", "else", "elif", "fi", "while", "until", "do", "done", "for", "case", "esac",
  ]
  private static let prefixes: Set<String> = ["exec", "command", "env", "nohup"]

  private static func isAssignment(_ word: String) -> Bool {
    guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return false }
    return word[..<equals].utf8.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 == 0x5F || $0 < 0x3A }
  }

  /// Splits a script into words and operators, without quotes, backslashes, redirections and comments.
  private static func tokens(of text: String) -> [Token] {
    var tokens: [Token] = []
    var word: [UInt8] = []
    var isInWord = false
    var skipsWord = false
    let bytes = Array(text.utf8)
    var position = 0

    func finishWord() {
      guard isInWord else { return }
      defer {
        word = []
        isInWord = false
      }
      if skipsWord {
        skipsWord = false
        return
      }
      let text = String(decoding: word, as: UTF8.self)
      let startsCommand =
        switch tokens.last {
        case .word?: false
        default: true
        }
      switch text {
      case "{" where startsCommand: tokens.append(.open(isSubshell: false))
      case "}" where startsCommand: tokens.append(.close)
      default: tokens.append(.word(text))
      }
    }

    func finishWord(_ token: Token, length: Int) {
      finishWord()
      tokens.append(token)
      position += length
    }

    while position < bytes.count {
      let next = position + 1 < bytes.count ? bytes[position + 1] : 0
      switch bytes[position] {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        let quote = bytes[position]
        let end = bytes[(position + 1)...].firstIndex(of: quote) ?? bytes.count
        word += bytes[(position + 1)..<end]
        isInWord = true
        position = end + 1
      case UInt8(ascii: "\\"):
        if position + 1 < bytes.count {
          word.append(next)
          isInWord = true
        }
        position += 2
      case UInt8(ascii: " "), UInt8(ascii: "\t"):
        finishWord()
        position += 1
      case UInt8(ascii: "#") where !isInWord:
        position = bytes.count
      case UInt8(ascii: ">"), UInt8(ascii: "<"):
        // The number before it and the word after it belong to the redirection.
        if word.allSatisfy({ (0x30...0x39).contains($0) }) {
          word = []
          isInWord = false
        }
        finishWord()
        position += 1
        while position < bytes.count, bytes[position] == UInt8(ascii: ">") || bytes[position] == UInt8(ascii: "&") {
          position += 1
        }
        skipsWord = true
      case UInt8(ascii: "&") where next == UInt8(ascii: ">"):
        finishWord()
        position += 1
      case UInt8(ascii: "&") where next == UInt8(ascii: "&"): finishWord(.and, length: 2)
      case UInt8(ascii: "|") where next == UInt8(ascii: "|"): finishWord(.or, length: 2)
      case UInt8(ascii: "&"): finishWord(.background, length: 1)
      case UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "\n"): finishWord(.end, length: 1)
      case UInt8(ascii: "("): finishWord(.open(isSubshell: true), length: 1)
      case UInt8(ascii: ")"): finishWord(.close, length: 1)
      default:
        word.append(bytes[position])
        isInWord = true
        position += 1
      }
    }
    finishWord()
    return tokens
  }
}
