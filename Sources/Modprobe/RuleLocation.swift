/// The place of a rule: a line of a file, or a source that has no lines.
package enum RuleLocation: Hashable, Sendable, CustomStringConvertible {
  /// A line, counted from 1, of a file, by its path on the node. A rule that backslashes continue has the number of its
  /// first line.
  case line(Int, of: String)
  /// A source without lines, such as the kernel command line, a sysctl, an errno or a module file.
  case source(String)

  package static let kernelCommandLine = RuleLocation.source("kernel command line")

  package init(file: String, line: Int) { self = .line(line, of: file) }

  /// The path of the file, or the name of the source.
  package var file: String {
    switch self {
    case .line(_, of: let file): file
    case .source(let name): name
    }
  }

  /// The number of the line, or 0 for a source without lines.
  package var line: Int {
    switch self {
    case .line(let line, of: _): line
    case .source: 0
    }
  }

  package var description: String {
    switch self {
    case .line(let line, of: let file): "\(file):\(line)"
    case .source(let name): name
    }
  }
}
