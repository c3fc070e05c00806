import Reconcile

extension StatusPage {
  /// The last changes, newest first.
  var changes: HTML {
    let items = document.recent.prefix(10).map { event -> HTML in
      // A message often names its subject.
      let subject: HTML = event.message.contains(event.subject) ? "" : "<code>\(short(event.subject))</code> "
      return """
        <li><span class="since">\(time(event.at))</span> <strong>\(event.what.rawValue)</strong> \
        \(subject)\(short(event.message))</li>

        """
    }
    return section("Recent changes", items.isEmpty ? [] : ["<ul class=\"changes\">\n\(items)</ul>\n"])
  }
}
