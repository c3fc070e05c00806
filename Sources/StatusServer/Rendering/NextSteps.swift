import Reconcile

/// What happens next on a node that is not Ready: what the agent does by itself and what a person has to do, one
/// sentence each.
struct NextSteps {
  let document: StatusDocument
  /// What removes each rule that blocks a wanted module.
  let cures: [Cure]

  var sentences: [String] {
    if document.ready { return [] }
    var sentences: [String] = []
    if document.agent.standby {
      sentences.append("Another agent changes this node. This one reports only, and takes over when the other ends.")
    } else if document.agent.observeOnly {
      sentences.append("The agent only observes. Remove --observe-only, or run: sctp-agent apply")
    } else {
      sentences += document.files.compactMap(Self.sentence)
    }
    sentences += ruleSentences
    if let unread = document.conditions.first(where: { $0.type == .unblocked && $0.reason == .unreadable }) {
      sentences.append("What blocks the module is not known. The agent tries again in each pass: \(unread.message)")
    }
    return sentences.isEmpty
      ? ["The agent checks the node again by itself. If this message stays, follow it: \(document.message)"] : sentences
  }

  private static func sentence(for file: StatusDocument.File) -> String? {
    switch file.state {
    case .inSync: nil
    case .drifted: "The agent repairs \(file.path) in its next pass."
    case .held:
      "The agent repairs \(file.path) as soon as the machine-config daemon has finished its update"
        + (file.repairDue.map { ", not before \($0.clock)." } ?? ".")
    case .contended:
      "Something else keeps rewriting \(file.path). The agent backs off and repairs it "
        + (file.repairDue.map { "at \($0.clock)" } ?? "within 5 minutes") + ". Find the other program and stop it."
    case .failed:
      "The agent could not write \(file.path) and retries within a minute. Remove the cause: \(file.message ?? "unknown")"
    }
  }

  private var ruleSentences: [String] {
    var counts: [Cure: Int] = [:]
    var order: [Cure] = []
    for cure in cures {
      if counts[cure] == nil { order.append(cure) }
      counts[cure, default: 0] += 1
    }
    return order.compactMap { $0.step(for: counts[$0] ?? 0, document.agent) }
  }
}

extension Timestamp {
  /// The time of day in UTC, to the second.
  fileprivate var clock: String { description.dropFirst(11).prefix(8) + " UTC" }
}
