import Reconcile

extension StatusPage {
  /// The last changes, newest first.
  var changes: HTML {
    let items = document.recent.prefix(10).map { event -> HTML in
      """
      <li><span class="since">\(time(event.at))</span> <strong>\(event.what.rawValue)</strong> \
      <code>\(short(event.subject))</code> \(short(event.message))</li>

      """
    }
    return section("Recent changes", items.isEmpty ? [] : ["<ul class=\"changes\">\n\(items)</ul>\n"])
  }
}
