import MachineIntent
import Modprobe
import Reconcile

/// What `explain` prints.
struct Explanation: Encodable {
  let kernel: StatusDocument.Kernel
  /// The module asked for first, then what it depends on.
  let modules: [StatusDocument.Module]
  let notes: [String]

  init(module: ModuleName, desired: DesiredState?, node: NodeState) {
    kernel = StatusDocument.Kernel(node.kernel, otherKernels: node.otherKernels)
    modules = node.closure(of: module).map { .init($0, desired: desired, node: node) }
    notes = Notes(module: module, node: node).all
  }

  var text: String {
    guard let module = modules.first else { return "" }
    var text = Self.facts(of: module) + kernelFacts
    text += Self.way("autoload by socket()", module.verdicts.autoload.open, module.verdicts.autoload.blockedBy)
    let requested = module.verdicts.boot.requested ? "requested" : "not requested by any load file"
    text += Self.way("load at boot, \(requested)", module.verdicts.boot.open, module.verdicts.boot.blockedBy)
    text += Self.way("explicit load (modprobe)", module.verdicts.explicit.open, module.verdicts.explicit.blockedBy)
    text += "\n"
    for dependency in modules.dropFirst() { text += "depends on " + Self.facts(of: dependency) }
    for note in notes { text += "note: \(note)".printable + "\n" }
    return text
  }

  private static func facts(of module: StatusDocument.Module) -> String {
    var words = [module.state.rawValue]
    if let users = module.refcount { words.append("\(users) users") }
    if let file = module.file { words.append(file) }
    if let compression = module.compression, compression != "none" { words.append("compressed: \(compression)") }
    if let signed = module.signed { words.append(signed ? "signed" : "not signed") }
    return "\(module.name): \(words.joined(separator: ", "))".printable + "\n"
  }

  private var kernelFacts: String {
    var words = ["kernel \(kernel.release)"]
    if !kernel.loadsModules { words.append("without loadable modules") }
    words.append("modules_disabled \(kernel.modulesDisabled ? 1 : 0)")
    words.append(kernel.enforcesSignatures ? "takes only signed modules" : "takes unsigned modules")
    words.append("lockdown \(kernel.lockdown)")
    var text = words.joined(separator: ", ") + "\n"
    let commandLine = kernel.commandLine.joined(separator: " ")
    text += "kernel command line: \(commandLine.isEmpty ? "nothing about modules" : commandLine.printable)\n"
    for other in kernel.otherKernels {
      text += "installed too: kernel \(other.release), sctp \(other.sctp)".printable + "\n"
    }
    return text
  }

  private static func way(_ name: String, _ open: Bool, _ rules: [StatusDocument.Rule]) -> String {
    var text = "\n\(name): \(open ? TerminalColour.green("open") : TerminalColour.red("blocked"))\n"
    for rule in rules {
      text += "  \(rule.line == 0 ? rule.file : "\(rule.file):\(rule.line)"): \(rule.text)".printable + "\n"
      text += "    remedy: \(rule.remedy)".printable + "\n"
    }
    return text
  }
}
