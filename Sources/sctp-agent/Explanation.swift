import Modprobe
import Reconcile

/// What `explain` prints.
struct Explanation: Encodable {
  let kernel: StatusDocument.Kernel
  /// The module asked for first, then what it depends on.
  let modules: [StatusDocument.Module]
  let notes: [String]

  init(module: ModuleName, wanted: [ModuleName], node: NodeState) {
    kernel = StatusDocument.Kernel(node.kernel, otherKernels: node.otherKernels)
    modules = node.closure(of: module).map { .init($0, wanted: wanted.contains($0), node: node) }
    notes = Notes(module: module, node: node).all
  }

  var text: String {
    guard let module = modules.first else { return "" }
    var text = "\(module.name): \(module.state.rawValue)"
    text += module.refcount.map { ", \($0) users" } ?? ""
    text += module.file.map { ", \($0)" } ?? ""
    text += "\nkernel \(kernel.release)\n"
    text += Self.way("autoload by socket()", module.verdicts.autoload.open, module.verdicts.autoload.blockedBy)
    let requested = module.verdicts.boot.requested ? "requested" : "not requested by any load file"
    text += Self.way("load at boot, \(requested)", module.verdicts.boot.open, module.verdicts.boot.blockedBy)
    text += Self.way("explicit load (modprobe)", module.verdicts.explicit.open, module.verdicts.explicit.blockedBy)
    for dependency in modules.dropFirst() {
      text += "depends on \(dependency.name): \(dependency.state.rawValue)\n"
    }
    for note in notes { text += "note: \(note)\n" }
    return text
  }

  private static func way(_ name: String, _ open: Bool, _ rules: [StatusDocument.Rule]) -> String {
    var text = "\n\(name): \(open ? Paint.green("open") : Paint.red("blocked"))\n"
    for rule in rules {
      text += "  \(rule.line == 0 ? rule.file : "\(rule.file):\(rule.line)"): \(rule.text)\n"
      text += "    remedy: \(rule.remedy)\n"
    }
    return text
  }
}
