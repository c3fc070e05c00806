import Reconcile

/// The page at `/`: the state of the node for a person. It is one document without scripts and outside resources.
///
/// Every list and every text is bounded, so that the page stays small. The page says how much it leaves out.
struct StatusPage {
  let document: StatusDocument
  let build: BuildVersion
  /// Every rule that blocks a wanted module, the one that closes most ways first.
  private let blocking: [BlockingRule]

  private struct BlockingRule {
    let module: String
    let closed: ClosedWays
    var cure: Cure { closed.rule.cure }
  }

  init(document: StatusDocument, build: BuildVersion) {
    self.document = document
    self.build = build
    let all = document.modules.filter(\.wanted).flatMap { module in
      ClosedWays.all(of: module).map { closed in
        BlockingRule(module: module.name, closed: closed)
      }
    }
    blocking = ClosedWays.Way.allCases.indices.reversed().flatMap { count in
      all.filter { $0.closed.ways.count == count + 1 }
    }
  }

  var text: PageText { PageText(opening: opening.markup, rest: rest.markup) }

  private let opening: HTML = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">

    """

  private var rest: HTML {
    """
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(headline.word) · \(document.node) · SCTP</title>
    <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'%3E\
    %3Ccircle cx='1' cy='1' r='1' fill='%23\(headline.colour)'/%3E%3C/svg%3E">
    <style>\(Self.style)</style>
    </head>
    <body class="\(headline.style)">
    <header>
    <p class="node">SCTP on <strong>\(short(document.node))</strong></p>
    <h1><span class="mark" aria-hidden="true">\(headline.mark)</span>\
    \(headline.word)</h1>
    <p class="message">\(short(document.message))</p>
    <dl class="outlook">
    \(outlook)</dl>
    </header>
    <main>
    \(nextSteps)\(rules)\(conditions)\(paths)\(changes)\(notes)\(modules)\(files)\(intent)\(node)
    </main>
    <footer>
    <nav aria-label="The same for programs">
    <a href="/status">/status</a> <a href="/readyz?verbose">/readyz</a> <a href="/livez">/livez</a>
    <a href="/metrics">/metrics</a> <a href="/version">/version</a>
    </nav>
    <p>Reload every <a href="/?refresh=10">10 s</a>, <a href="/?refresh=60">60 s</a>, or <a href="/">not at all</a>.</p>
    <p>As of \(time(document.observedAt)) · sctp-agent \(build.version) (\(build.commit))</p>
    </footer>
    </body>
    </html>

    """
  }

  /// The words of the page for whether the node is Ready. An unknown state is not shown as a failure.
  private var headline: (word: String, mark: String, style: String, colour: String) {
    if document.ready { return ("Ready", "✓", "yes", "1a7f37") }
    if document.condition(.ready)?.status == .unknown { return ("Unknown", "?", "unknown", "8a5a00") }
    return ("Not ready", "✗", "no", "b3261e")
  }

  /// Says whether SCTP works now and after the next boot, and since when. A current outage and a failure after the next
  /// boot are different problems.
  private var outlook: [HTML] {
    if document.intent.modules.isEmpty, !document.intent.keptOut.isEmpty {
      return [
        tile("Kept out now", document.condition(.moduleAbsent)),
        tile("Kept out after the next boot", document.condition(.unblocked)),
      ]
    }
    return [tile("Works now", document.worksNow), tile("Works after the next boot", document.worksAfterBoot)]
  }

  private func tile(_ title: String, _ condition: Condition?) -> HTML {
    let isKnown = condition.map { $0.status != .unknown } ?? false
    return tile(title, isKnown ? condition?.status == .yes : nil, since: condition?.lastTransitionTime)
  }

  private func tile(_ title: String, _ outlook: StatusDocument.Outlook?) -> HTML {
    tile(title, outlook?.works, since: outlook?.since)
  }

  /// - Parameter holds: nil if it is not known.
  private func tile(_ title: String, _ holds: Bool?, since: String?) -> HTML {
    let (name, word) = holds.map { $0 ? ("yes", "yes") : ("no", "no") } ?? ("unknown", "unknown")
    let age: HTML = since.map { " <span class=\"since\">since \(time($0))</span>" } ?? ""
    return "<div class=\"\(name)\"><dt>\(title)</dt><dd><strong>\(word)</strong>\(age)</dd></div>\n"
  }

  // MARK: What to do

  private var nextSteps: HTML {
    let steps = NextSteps(document: document, cures: blocking.map(\.cure)).sentences
    let items = shown(steps, atMost: 12) { step -> HTML in "<li>\(short(step))</li>\n" }
    return section("What happens next", items.isEmpty ? [] : ["<ul>\n\(items)</ul>\n"])
  }

  /// One entry for each rule, the one that closes most ways first.
  private var rules: HTML {
    let unlisted = document.modules.reduce(0) { $0 + ($1.wanted ? $1.verdicts.unlisted : 0) }
    let items = shown(blocking, atMost: 30, unlisted: unlisted) { rule -> HTML in
      let ways: [HTML] = rule.closed.ways.map { "<span class=\"way\">\($0.rawValue)</span> " }
      return """
        <article class="blocker">
        <h3><code>\(short(rule.closed.place))</code></h3>
        <pre>\(short(rule.closed.rule.text))</pre>
        <p>stops <strong>\(short(rule.module))</strong> for \(ways)</p>
        <p class="label">Remedy · \(short(rule.cure.label(for: document.agent)))</p>
        <pre class="remedy">\(remedy(rule.closed.rule.remedy))</pre>
        </article>

        """
    }
    return section("What is in the way", items)
  }

  /// The remedy, as a command for the node if the agent runs in a pod.
  private func remedy(_ text: String) -> String {
    guard document.agent.mode == "container", Remedy.isCommand(text) else { return short(text, limit: 600) }
    return short(RemedyCommand.onNode(document.node, text), limit: 600)
  }

  // MARK: Sections

  func section(_ title: String, _ content: [HTML]) -> HTML {
    content.isEmpty ? "" : "<section>\n<h2>\(title)</h2>\n\(content)</section>\n"
  }

  /// A section that is folded while nothing in it needs attention.
  func folded(_ title: String, _ summary: String, isInOrder: Bool, _ content: [HTML]) -> HTML {
    guard !content.isEmpty else { return "" }
    let open: HTML = isInOrder ? "" : " open"
    return """
      <details\(open)>
      <summary><h2>\(title)</h2> <small>\(summary)</small></summary>
      \(content)</details>

      """
  }

  /// Renders the first elements of a list and the number of all others, including those that the list itself leaves
  /// out.
  func shown<Element>(
    _ list: [Element], atMost limit: Int, unlisted: Int = 0, tag: String = "p", _ render: (Element) -> HTML
  ) -> [HTML] {
    let more = max(0, list.count - limit) + unlisted
    var parts = list.prefix(limit).map(render)
    if more > 0 {
      parts.append(
        tag == "tr"
          ? "<tr><td class=\"more\" colspan=\"6\">and \(more) more</td></tr>\n"
          : "<p class=\"more\">and \(more) more</p>\n")
    }
    return parts
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
        <p>\(short(condition.message))</p><p class="since">since \(time(condition.lastTransitionTime))</p></div></li>

        """
    }
    return section("Conditions", items.isEmpty ? [] : ["<ul class=\"conditions\">\n\(items)</ul>\n"])
  }

  private var notes: HTML {
    let items = shown(document.notes, atMost: 15) { note -> HTML in "<li>\(short(note))</li>\n" }
    return section("Notes", items.isEmpty ? [] : ["<ul>\n\(items)</ul>\n"])
  }

  private var modules: HTML {
    let rows = shown(document.modules, atMost: 40, tag: "tr") { module -> HTML in
      """
      <tr><th scope="row">\(short(module.name))\(module.wanted ? "" : " (kept out)")</th>
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
    let inOrder = document.modules.allSatisfy { module in
      let verdicts = module.verdicts
      return module.wanted
        ? module.state.isUsable && verdicts.autoload.open && verdicts.boot.open && verdicts.boot.requested
          && verdicts.explicit.open
        : !module.state.isUsable
    }
    let states = document.modules.prefix(3).map { "\($0.name) is \($0.state.rawValue)" }.joined(separator: ", ")
    return folded(
      "Modules", document.modules.count > 3 ? "\(document.modules.count) modules" : short(states), isInOrder: inOrder,
      ["<table>\n\(head)\(rows)</table>\n"])
  }

  /// Returns the words for one way. A rule in an unreadable file may block it.
  private func word(_ open: Bool) -> HTML {
    if open, document.condition(.unblocked)?.status == .unknown { return "<span class=\"state\">unknown</span>" }
    return open ? "<span class=\"state yes\">open</span>" : "<span class=\"state no\">blocked</span>"
  }

  private var files: HTML {
    let ordered = document.files.filter { $0.state != .inSync } + document.files.filter { $0.state == .inSync }
    let rows = shown(ordered, atMost: 40, tag: "tr") { file -> HTML in
      let message: HTML = file.message.map { "<p class=\"why\">\(short($0))</p>" } ?? ""
      return """
        <tr><th scope="row"><code>\(short(file.path))</code>\(message)</th>
        <td data-is="State"><span class="state \(file.state == .inSync ? "yes" : "no")">\(file.state.rawValue)</span></td>
        <td data-is="Owner">\(file.owner.rawValue)</td><td data-is="Repairs">\(file.repairs)</td>
        <td data-is="Last drift">\(file.lastDrift.map(time) ?? "none")</td></tr>

        """
    }
    guard !rows.isEmpty else { return "" }
    let head: HTML = """
      <tr><th scope="col">File</th><th scope="col">State</th><th scope="col">Owner</th><th scope="col">Repairs</th>
      <th scope="col">Last drift</th></tr>

      """
    let off = document.files.count { $0.state != .inSync }
    return folded(
      "Files", off == 0 ? "\(document.files.count) in sync" : "\(off) of \(document.files.count) not in sync",
      isInOrder: off == 0, ["<table>\n\(head)\(rows)</table>\n"])
  }

  private var intent: HTML {
    let intent = document.intent
    let issues = shown(intent.issues, atMost: 10) { issue -> HTML in
      "<li><strong>\(issue.severity)</strong> <code>\(short(issue.at))</code> \(short(issue.message))</li>\n"
    }
    let ignored = shown(intent.ignored, atMost: 10) { file -> HTML in
      "<li>ignored: <code>\(short(file.path))</code>: \(short(file.reason))</li>\n"
    }
    let names = intent.machineConfigs.isEmpty ? "no MachineConfig" : intent.machineConfigs.joined(separator: ", ")
    let list: HTML = issues.isEmpty && ignored.isEmpty ? "" : "<ul>\n\(issues)\(ignored)</ul>\n"
    return folded(
      "Intent", short(names), isInOrder: intent.issues.isEmpty && document.condition(.intentValid)?.status == .yes,
      ["<p>from <code>\(short(intent.source.joined(separator: ", ")))</code></p>\n\(list)"])
  }
}
