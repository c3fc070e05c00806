import Reconcile

/// The page at `/`: the state at a glance, for a person. One file, no script, nothing from elsewhere.
struct StatusPage {
  let document: StatusDocument
  let build: BuildVersion

  var html: String { page.markup }

  private var page: HTML {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(document.ready ? "Ready" : "Not ready") · \(document.node) · SCTP</title>
    <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'%3E\
    %3Ccircle cx='1' cy='1' r='1' fill='\(document.ready ? "%231a7f37" : "%23b3261e")'/%3E%3C/svg%3E">
    <style>\(Self.style)</style>
    </head>
    <body class="\(document.ready ? "yes" : "no")">
    <header>
    <p class="node">SCTP on <strong>\(document.node)</strong></p>
    <h1><span class="mark" aria-hidden="true">\(document.ready ? "✓" : "✗")</span> \
    \(document.ready ? "Ready" : "Not ready")</h1>
    <p class="message">\(document.message)</p>
    </header>
    <main>
    \(blockers)\(conditions)\(modules)\(files)\(intent)\(node)
    </main>
    <footer>
    <nav aria-label="The same for programs">
    <a href="/status">/status</a> <a href="/readyz?verbose">/readyz</a> <a href="/livez">/livez</a>
    <a href="/metrics">/metrics</a> <a href="/version">/version</a>
    </nav>
    <p>As of \(time(document.observedAt)) · sctp-agent \(build.version) (\(build.commit))</p>
    </footer>
    </body>
    </html>

    """
  }

  // MARK: Sections

  private func section(_ title: String, _ content: [HTML]) -> HTML {
    content.isEmpty ? "" : "<section>\n<h2>\(title)</h2>\n\(content)</section>\n"
  }

  private var conditions: HTML {
    let items: [HTML] = document.conditions.filter { $0.type != .ready }.map { condition in
      let (name, mark, word): (String, String, String) =
        switch condition.status {
        case .yes: ("yes", "✓", "true")
        case .no: ("no", "✗", "false")
        case .unknown: ("unknown", "?", "unknown")
        }
      return """
        <li class="\(name)"><span class="mark" role="img" aria-label="\(word)">\(mark)</span>
        <div><h3>\(condition.type.rawValue) <small>\(condition.reason)</small></h3>
        <p>\(condition.message)</p><p class="since">since \(time(condition.lastTransitionTime))</p></div></li>

        """
    }
    return section("Conditions", ["<ul class=\"conditions\">\n\(items)</ul>\n"])
  }

  /// One entry for each rule, with the ways that it closes.
  private var blockers: HTML {
    section("What is in the way", document.modules.filter(\.wanted).flatMap(rules))
  }

  private func rules(of module: StatusDocument.Module) -> [HTML] {
    module.verdicts.blockers.map { rule in
      let ways: [HTML] = [
        ("socket()", module.verdicts.autoload.blockedBy), ("boot", module.verdicts.boot.blockedBy),
        ("modprobe", module.verdicts.explicit.blockedBy),
      ].filter { $0.1.contains(rule) }.map { "<span class=\"way\">\($0.0)</span> " }
      return """
        <article class="blocker">
        <h3><code>\(rule.line > 0 ? "\(rule.file):\(rule.line)" : rule.file)</code></h3>
        <pre>\(rule.text)</pre>
        <p>stops <strong>\(module.name)</strong> for \(ways)</p>
        <p><strong>Remedy:</strong> \(rule.remedy)</p>
        </article>

        """
    }
  }

  private var modules: HTML {
    let rows: [HTML] = document.modules.map { module in
      """
      <tr><th scope="row">\(module.name)\(module.wanted ? "" : " (kept out)")</th><td>\(module.state.rawValue)</td>
      <td>\(word(module.verdicts.autoload.open))</td><td>\(word(module.verdicts.boot.open))\
      \(module.verdicts.boot.requested ? "" : ", not requested")</td><td>\(word(module.verdicts.explicit.open))</td></tr>

      """
    }
    guard !rows.isEmpty else { return "" }
    let head: HTML = """
      <tr><th scope="col">Module</th><th scope="col">State</th><th scope="col">socket()</th><th scope="col">Boot</th>
      <th scope="col">modprobe</th></tr>

      """
    return section("Modules", ["<div class=\"wide\"><table>\n\(head)\(rows)</table></div>\n"])
  }

  private func word(_ open: Bool) -> HTML {
    open ? "<span class=\"yes\">open</span>" : "<span class=\"no\">blocked</span>"
  }

  private var files: HTML {
    let rows: [HTML] = document.files.map { file in
      """
      <tr><th scope="row"><code>\(file.path)</code></th>
      <td><span class="\(file.state == .inSync ? "yes" : "no")">\(file.state.rawValue)</span></td>
      <td>\(file.owner.rawValue)</td><td>\(file.repairs)</td></tr>

      """
    }
    guard !rows.isEmpty else { return "" }
    let head: HTML = """
      <tr><th scope="col">File</th><th scope="col">State</th><th scope="col">Owner</th><th scope="col">Repairs</th></tr>

      """
    return section("Files", ["<div class=\"wide\"><table>\n\(head)\(rows)</table></div>\n"])
  }

  private var intent: HTML {
    let issues: [HTML] = document.intent.issues.map {
      "<li><strong>\($0.severity)</strong> <code>\($0.at)</code> \($0.message)</li>\n"
    }
    let ignored: [HTML] = document.intent.ignored.map { "<li>ignored: <code>\($0.path)</code>, \($0.reason)</li>\n" }
    let names = document.intent.machineConfigs.joined(separator: ", ")
    let list: HTML = issues.isEmpty && ignored.isEmpty ? "" : "<ul>\n\(issues)\(ignored)</ul>\n"
    return section(
      "Intent",
      [
        """
        <p>\(names.isEmpty ? "no MachineConfig" : names) <small>from \
        \(document.intent.source.joined(separator: ", "))</small></p>
        \(list)
        """
      ])
  }

  private var node: HTML {
    let probes: [HTML] = document.probe.sorted { $0.key < $1.key }.map { name, probe in
      let family = name == "loopback6" ? "IPv6" : "IPv4"
      if let seconds = probe.seconds {
        return "<dt>Association over \(family)</dt><dd>\(Int((seconds * 1_000_000).rounded())) µs</dd>\n"
      }
      return "<dt>Association over \(family)</dt><dd>\(probe.error ?? "failed")</dd>\n"
    }
    let others: [HTML] = document.kernel.otherKernels.map {
      "<dt>Also installed</dt><dd>\($0.release): sctp \($0.sctp)</dd>\n"
    }
    return section(
      "Node",
      [
        """
        <dl>
        <dt>Kernel</dt><dd>\(document.kernel.release)</dd>
        \(others)<dt>Lockdown</dt><dd>\(document.kernel.lockdown)</dd>
        <dt>Connection tracking of SCTP</dt><dd>\(document.dataPath.conntrackSCTP)</dd>
        \(probes)<dt>Drift</dt><dd>\(drift)</dd>
        <dt>Agent</dt><dd>\(document.agent.mode), --unblock \(document.agent.unblock.rawValue)\
        \(document.agent.observeOnly ? ", observes only" : ""), since \(time(document.agent.startedAt))</dd>
        </dl>

        """
      ])
  }

  private var drift: HTML {
    guard let path = document.drift.lastPath, let at = document.drift.lastAt else { return "none" }
    return "\(document.drift.total) times, last <code>\(path)</code> at \(time(at))"
  }

  /// To the second.
  private func time(_ text: String) -> HTML {
    "<time datetime=\"\(text)\">\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC</time>"
  }

  // MARK: Style

  private static let style: HTML = """

    :root { color-scheme: light dark; --ink: #1c1e21; --soft: #5b616a; --paper: #fff; --field: #f4f5f7; --line: #d9dce1;
      --yes: #1a7f37; --no: #b3261e; --unknown: #8a5a00; --link: #0b57d0; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #a2a9b4; --paper: #14161a; --field: #1e2127;
      --line: #343943; --yes: #56d37a; --no: #ff8a80; --unknown: #f2c14e; --link: #8ab4ff; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 58rem; padding: 1.25rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
    header { border-left: .4rem solid var(--no); padding: .25rem 0 .25rem 1rem; }
    body.yes header { border-color: var(--yes); }
    .node, .message, h1, h2, h3, p { margin: 0; }
    h1 { font-size: 2.2rem; line-height: 1.2; color: var(--no); }
    body.yes h1 { color: var(--yes); }
    h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
    h3 { font-size: 1rem; }
    .yes > .mark, td .yes { color: var(--yes); }
    .no > .mark, td .no { color: var(--no); }
    .unknown > .mark { color: var(--unknown); }
    small, .since, footer, .node { color: var(--soft); }
    small, .since { font-size: .85rem; font-weight: normal; }
    .conditions { list-style: none; margin: 0; padding: 0; }
    .conditions li { display: flex; gap: .8rem; padding: .6rem 0; border-top: 1px solid var(--line); }
    .conditions .mark { font-weight: bold; width: 1.2rem; flex: none; text-align: center; }
    .blocker { border: 1px solid var(--no); border-radius: .4rem; padding: .8rem 1rem; margin-bottom: .8rem; }
    pre, code { font-family: ui-monospace, monospace; font-size: .9rem; }
    pre { background: var(--field); padding: .4rem .6rem; margin: .4rem 0; white-space: pre-wrap; }
    .way { background: var(--field); border-radius: .3rem; padding: 0 .4rem; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
    td { white-space: nowrap; }
    th code { overflow-wrap: anywhere; }
    th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-top: 1px solid var(--line); }
    th[scope=row] { font-weight: normal; }
    dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .2rem 1rem; margin: 0; }
    dt { color: var(--soft); }
    dd { margin: 0; }
    a { color: var(--link); margin-right: .8rem; }
    footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .8rem; font-size: .9rem; }
    nav a { display: inline-block; padding: .3rem 0; }
    @media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } h1 { font-size: 1.8rem; }
      table { font-size: .9rem; } th, td { padding-right: .5rem; } }

    """
}
