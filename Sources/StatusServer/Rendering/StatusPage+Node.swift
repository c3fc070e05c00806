import Reconcile

extension StatusDocument {
  func condition(_ type: Condition.Kind) -> Condition? { conditions.first { $0.type == type } }
}

extension StatusPage {
  /// Facts about the node and the agent.
  var node: HTML {
    let others = document.kernel.otherKernels.prefix(10).map { kernel -> HTML in
      "<dt>Also installed</dt><dd>\(short(kernel.release)): sctp \(kernel.sctp)</dd>\n"
    }
    return """
      <section>
      <h2>Node</h2>
      <dl>
      <dt>Kernel</dt><dd>\(short(document.kernel.release.isEmpty ? "unknown" : document.kernel.release))</dd>
      \(others)<dt>Lockdown</dt><dd>\(short(document.kernel.lockdown))</dd>
      <dt>Connection tracking of SCTP</dt><dd>\(document.dataPath.conntrackSCTP)</dd>
      \(probes)<dt>Drift</dt><dd>\(drift)</dd>
      <dt>Agent</dt><dd>\(document.agent.mode), --unblock \(document.agent.unblock.rawValue)\
      \(document.agent.observeOnly ? ", observes only" : "")\(document.agent.standby ? ", on standby" : ""), since \(time(document.agent.startedAt))</dd>
      </dl>
      </section>

      """
  }

  private var probes: [HTML] {
    document.probe.sorted { $0.key < $1.key }.map { name, probe in
      let family = name == "loopback6" ? "IPv6" : "IPv4"
      let result: HTML =
        if let seconds = probe.seconds {
          "\(Int((seconds * 1_000_000).rounded())) µs"
        } else if probe.absent {
          "this node has no \(family)"
        } else {
          "\(short(probe.error ?? "failed"))"
        }
      return "<dt>Association over \(family)</dt><dd>\(result), at \(time(probe.at))</dd>\n"
    }
  }

  private var drift: HTML {
    guard let path = document.drift.lastPath, let at = document.drift.lastAt else { return "none" }
    let times = document.drift.total == 1 ? "once" : "\(document.drift.total) times"
    return "\(times), last <code>\(short(path))</code> at \(time(at))"
  }

  /// A time to the second.
  func time(_ text: String) -> HTML {
    "<time datetime=\"\(text)\">\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC</time>"
  }

  /// Returns the text up to a limit in characters, and the number of characters that are left out. In markup, a
  /// character has at most 6 bytes.
  func short(_ text: String, limit: Int = 240) -> String {
    guard text.utf8.count > limit else { return text }
    let start = String(text.unicodeScalars.prefix(limit))
    guard start.utf8.count < text.utf8.count || start.printable.unicodeScalars.count > limit else { return text }
    let shown = String(start.printable.unicodeScalars.prefix(limit))
    return "\(shown)… (\(text.utf8.count) bytes)"
  }
}
