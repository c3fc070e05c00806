/// The words of a `softdep` or `weakdep` line after the name of the module.
struct Softdep {
  private(set) var pre: [Range<Int>] = []
  private(set) var post: [Range<Int>] = []
  /// The words before `pre:` and `post:`. In a softdep line they are ignored, in a weakdep line they are the modules.
  private(set) var plain: [Range<Int>] = []

  /// Splits at blanks like libkmod. A single blank at the beginning belongs to the first word, so `pre:` is not recognized
  /// after two blanks.
  init(_ bytes: [UInt8], in range: Range<Int>) {
    var section = Section.plain
    var wordStart = range.lowerBound
    var afterBlank = false
    for index in range {
      guard bytes[index].isBlank else {
        afterBlank = false
        continue
      }
      if afterBlank {
        wordStart = index + 1
        continue
      }
      afterBlank = true
      if wordStart < index {
        add(wordStart..<index, of: bytes, to: &section)
        wordStart = index + 1
      }
    }
    if !afterBlank, wordStart < range.upperBound {
      add(wordStart..<range.upperBound, of: bytes, to: &section)
    }
  }

  private enum Section { case plain, pre, post }

  private mutating func add(_ word: Range<Int>, of bytes: [UInt8], to section: inout Section) {
    if bytes[word].elementsEqual("pre:".utf8) {
      section = .pre
    } else if bytes[word].elementsEqual("post:".utf8) {
      section = .post
    } else {
      switch section {
      case .plain: plain.append(word)
      case .pre: pre.append(word)
      case .post: post.append(word)
      }
    }
  }
}

extension ModprobeRule {
  var softdep: Softdep { Softdep(source, in: rest) }
}
