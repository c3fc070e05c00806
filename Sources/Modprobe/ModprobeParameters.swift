/// What kmod takes from the kernel command line: `modprobe.blacklist=A,B` and `MODULE.PARAMETER[=VALUE]`.
///
/// Source: libkmod's behaviour. Double quotes may surround a whole parameter or part of its value, nothing else; kmod
/// corrects a boot loader that moved the opening quote before the module's name. A quote that never closes hides all
/// that follows, unless it is within a value. Before kmod 29 the line is split in another way; see `splitAsBefore29`.
struct ModprobeParameters {
  private(set) var rules: [ModprobeRule] = []
  private(set) var skipped: [SkippedLine] = []

  /// The number of bytes that kmod reads; it ignores the others.
  private static let limit = 4095

  private enum State { case ignoring, inModule, inParameter, inValue }

  init(_ commandLine: [UInt8], kmod: KmodVersion = .newest) {
    let line = commandLine.prefix(Self.limit)
    guard kmod.splitsCommandLineByState else {
      splitAsBefore29(line)
      return
    }
    var state = State.inModule
    var isQuoted = false
    var openingQuote: Int?
    var module = 0
    var parameter = 0
    var value: Int?
    for position in 0...line.count {
      // The end of the line closes a parameter like a blank.
      let byte = position < line.count ? line[position] : UInt8(ascii: " ")
      switch byte {
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        if isQuoted, state == .inModule, position == module {
          openingQuote = position
          module = position + 1
        } else if state != .inValue {
          state = .ignoring
        }
      case _ where byte.isBlank:
        if isQuoted {
          if state != .inValue { state = .ignoring }
          continue
        }
        if state == .inValue || state == .inParameter {
          add(
            line, module: module..<(parameter - 1), parameter: parameter..<position,
            value: state == .inValue ? value : nil, wasQuotedWhole: openingQuote != nil)
        }
        module = position + 1
        state = .inModule
        openingQuote = nil
        value = nil
      case UInt8(ascii: "."):
        if state == .inModule {
          parameter = position + 1
          state = .inParameter
        } else if state == .inParameter {
          state = .ignoring
        }
      case UInt8(ascii: "="):
        if state == .inParameter {
          value = position + 1
          state = .inValue
        } else if state == .inModule {
          state = .ignoring
        }
      default:
        break
      }
    }
  }

  /// Splits at spaces only, takes everything after the first dot for the parameter, and drops a parameter that is quoted
  /// as a whole.
  private mutating func splitAsBefore29(_ line: ArraySlice<UInt8>) {
    let end = line.firstIndex(of: UInt8(ascii: "\n")) ?? line.endIndex
    var (module, parameter, value) = (line.startIndex, Int?.none, Int?.none)
    var isQuoted = false
    var isParameter = true
    func finish(at position: Int, _ result: inout Self) {
      guard isParameter, let parameter else { return }
      result.add(
        line, module: module..<(parameter - 1), parameter: parameter..<position, value: value, wasQuotedWhole: false)
    }
    for position in line.startIndex..<end {
      let byte = line[position]
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
        isParameter = !isQuoted && (isParameter || parameter != nil && value != nil)
        continue
      }
      if isQuoted { continue }
      switch byte {
      case UInt8(ascii: " "):
        finish(at: position, &self)
        (module, parameter, value, isParameter) = (position + 1, nil, nil, true)
      case UInt8(ascii: ".") where parameter == nil: parameter = position + 1
      case UInt8(ascii: "="):
        if parameter == nil { isParameter = false } else { value = position + 1 }
      default: break
      }
    }
    finish(at: end, &self)
  }

  private mutating func add(
    _ line: ArraySlice<UInt8>, module: Range<Int>, parameter: Range<Int>, value: Int?, wasQuotedWhole: Bool
  ) {
    var text = Array(line[module.lowerBound..<parameter.upperBound])
    var valueStart = value.map { $0 - module.lowerBound }
    if wasQuotedWhole, let start = valueStart { text.insert(UInt8(ascii: "\""), at: start) }
    let name = 0..<module.count
    let rest = (module.count + 1)..<text.count
    let location = RuleLocation.kernelCommandLine
    func rule(_ kind: ModprobeDirective.Kind, name: Range<Int>, rest: Range<Int>, foldsName: Bool) -> ModprobeRule {
      ModprobeRule(
        location: location, kind: kind, source: text, line: 0..<text.count, name: name, rest: rest,
        foldsName: foldsName)
    }
    if text[name].elementsEqual("modprobe".utf8), text[rest].starts(with: "blacklist=".utf8) {
      while let start = valueStart {
        let comma = text[start...].firstIndex(of: UInt8(ascii: ","))
        let end = comma ?? text.count
        rules.append(rule(.blacklist, name: start..<end, rest: end..<end, foldsName: false))
        valueStart = comma.map { $0 + 1 }
      }
    } else if text.withUnsafeBufferPointer({
      ModprobeLineReader.hasBalancedBrackets(UnsafeBufferPointer(rebasing: $0[name]))
    }) {
      rules.append(rule(.options, name: name, rest: rest, foldsName: true))
    } else {
      skipped.append(
        SkippedLine(location: location, text: String(decoding: text, as: UTF8.self), message: "unbalanced brackets"))
    }
  }
}
