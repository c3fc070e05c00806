import Reconcile

/// The page at `/`: the state at a glance, for a person. One file, no script, nothing from elsewhere.
struct StatusPage {
  let document: StatusDocument
  let build: BuildVersion

  var text: PageText { PageText(opening: opening.markup, rest: page.markup) }

  private let opening: HTML = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">

    """

  private var page: HTML {
    """
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(document.ready ? "Ready" : "Not ready") · \(document.node) · SCTP</title>
    <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'%3E\
    %3Ccircle cx='1' cy='1' r='1' fill='\(document.ready ? "%231a7f37" : "%23b3261e")'/%3E%3C/svg%3E">
    <style>\(Self.style)</style>
    </head>
    <body class="\(document.ready ? "yes" : "no")">
    <header>
    <p class="node">SCTP on <strong>\(document.node)</strong></p>
    <h1><span class="mark" aria-hidden="true">\(document.ready ? "✓" : "✗")</span>\
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
        <div><h3>\(condition.type.rawValue) <small>\(condition.reason.rawValue)</small></h3>
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
    ClosedWays.all(of: module).map { closed in
      let rule = closed.rule
      let ways: [HTML] = closed.ways.map { "<span class=\"way\">\($0.rawValue)</span> " }
      return """
        <article class="blocker">
        <h3><code>\(rule.line > 0 ? "\(rule.file):\(rule.line)" : rule.file)</code></h3>
        <pre>\(rule.text)</pre>
        <p>stops <strong>\(module.name)</strong> for \(ways)</p>
        <p class="label">Remedy</p>
        <pre class="remedy">\(rule.remedy)</pre>
        </article>

        """
    }
  }

  private var modules: HTML {
    let rows: [HTML] = document.modules.map { module in
      """
      <tr><th scope="row">\(module.name)\(module.wanted ? "" : " (kept out)")</th>
      <td data-is="State">\(module.state.rawValue)</td>
      <td data-is="socket()">\(word(module.verdicts.autoload.open))</td>
      <td data-is="Boot">\(word(module.verdicts.boot.open))\(module.verdicts.boot.requested ? "" : ", not requested")</td>
      <td data-is="modprobe">\(word(module.verdicts.explicit.open))</td></tr>

      """
    }
    guard !rows.isEmpty else { return "" }
    let head: HTML = """
      <tr><th scope="col">Module</th><th scope="col">State</th><th scope="col">socket()</th><th scope="col">Boot</th>
      <th scope="col">modprobe</th></tr>

      """
    return section("Modules", ["<table>\n\(head)\(rows)</table>\n"])
  }

  private func word(_ open: Bool) -> HTML {
    open ? "<span class=\"state yes\">open</span>" : "<span class=\"state no\">blocked</span>"
  }

  private var files: HTML {
    let rows: [HTML] = document.files.map { file in
      """
      <tr><th scope="row"><code>\(file.path)</code></th>
      <td data-is="State"><span class="state \(file.state == .inSync ? "yes" : "no")">\(file.state.rawValue)</span></td>
      <td data-is="Owner">\(file.owner.rawValue)</td><td data-is="Repairs">\(file.repairs)</td></tr>

      """
    }
    guard !rows.isEmpty else { return "" }
    let head: HTML = """
      <tr><th scope="col">File</th><th scope="col">State</th><th scope="col">Owner</th><th scope="col">Repairs</th></tr>

      """
    return section("Files", ["<table>\n\(head)\(rows)</table>\n"])
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
        \(document.agent.observeOnly ? ", observes only" : "")\
        \(document.agent.standby ? ", on standby" : ""), since \(time(document.agent.startedAt))</dd>
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

    :root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #f6f8fa; --card: #fff; --field: #eff2f5;
      --line: #d9dee4; --yes: #1a7f37; --yes-tint: #dafbe1; --no: #b3261e; --no-tint: #ffebe9; --unknown: #8a5a00;
      --unknown-tint: #fff4cc; --link: #0b57d0; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa5b1; --paper: #0f1216; --card: #171b21;
      --field: #212730; --line: #2f3742; --yes: #5fd584; --yes-tint: #12301d; --no: #ff8f86; --no-tint: #3b1614;
      --unknown: #f0c350; --unknown-tint: #352a0c; --link: #8ab4ff; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 60rem; padding: 1.25rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
    h1, h2, h3, p, dl, dd, ul { margin: 0; }
    header { padding: 1.25rem 1.5rem; border-radius: .9rem; background: var(--no-tint); border: 1px solid var(--no); }
    .yes header { background: var(--yes-tint); border-color: var(--yes); }
    h1 { display: flex; align-items: center; gap: .7rem; margin: .3rem 0 .5rem; font-size: 2.2rem; line-height: 1.2;
      color: var(--no); }
    .yes h1 { color: var(--yes); }
    .mark { flex: none; width: 1.5em; height: 1.5em; border-radius: 50%; font-size: .85rem; font-weight: bold;
      line-height: 1.5em; text-align: center; color: var(--card); background: var(--unknown); }
    h1 .mark { font-size: 1.6rem; }
    .no > .mark, .no h1 .mark { background: var(--no); }
    .yes > .mark, .yes h1 .mark { background: var(--yes); }
    .conditions .no .mark { background: var(--no); }
    .conditions .unknown .mark { background: var(--unknown); }
    .message { font-size: 1.1rem; }
    section { margin-top: 1rem; padding: 1rem 1.5rem; border-radius: .9rem; background: var(--card);
      border: 1px solid var(--line); }
    h2 { margin-bottom: .5rem; font-size: 1.1rem; }
    h3 { font-size: 1rem; }
    small, .since, footer, .node, .label { color: var(--soft); }
    small, .since, .label { font-size: .85rem; font-weight: normal; }
    ul { padding-left: 1.2rem; }
    .conditions { list-style: none; padding: 0; }
    .conditions li { display: flex; gap: .9rem; padding: .7rem 0; border-top: 1px solid var(--line); }
    .conditions li:first-child { border-top: 0; }
    .conditions li:last-child { padding-bottom: 0; }
    .conditions .mark { margin-top: .15rem; }
    .blocker { padding: .9rem 0; border-top: 1px solid var(--line); }
    h2 + .blocker { border-top: 0; padding-top: 0; }
    .blocker:last-child { padding-bottom: 0; }
    pre, code { font-family: ui-monospace, monospace; font-size: .9rem; }
    pre { margin: .4rem 0; padding: .5rem .8rem; border-radius: .4rem; background: var(--no-tint); white-space: pre-wrap; }
    .remedy { margin: .2rem 0 0; background: var(--yes-tint); user-select: all; }
    .label { margin-top: .6rem; }
    .way { padding: .05rem .5rem; border-radius: 1rem; background: var(--field); }
    .state { padding: .1rem .6rem; border-radius: 1rem; font-size: .9rem; }
    .state.yes { color: var(--yes); background: var(--yes-tint); }
    .state.no { color: var(--no); background: var(--no-tint); }
    table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
    th code { overflow-wrap: anywhere; }
    th, td { padding: .5rem 1rem .5rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
    th[scope=col] { border-top: 0; padding-top: 0; color: var(--soft); font-size: .85rem; font-weight: normal; }
    th[scope=row] { font-weight: normal; }
    dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .3rem 1.5rem; }
    dt { color: var(--soft); }
    a { color: var(--link); }
    footer { padding: 1rem 1.5rem; font-size: .9rem; }
    nav a { display: inline-block; margin-right: 1rem; padding: .3rem 0; }
    @media (max-width: 34rem) {
      body { padding: .75rem; }
      header, section { padding: 1rem; }
      h1 { font-size: 1.8rem; }
      h1 .mark { font-size: 1.3rem; }
      dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin-bottom: .5rem; }
      table, tbody, tr, th, td { display: block; }
      tr { padding: .6rem 0; border-top: 1px solid var(--line); }
      tr:first-child { display: none; }
      tr:nth-child(2) { border-top: 0; padding-top: 0; }
      tr:last-child { padding-bottom: 0; }
      th, td { padding: .1rem 0; border: 0; }
      td::before { content: attr(data-is); display: inline-block; width: 6.5rem; color: var(--soft); }
      footer { padding: 1rem .25rem; }
    }

    """
}
