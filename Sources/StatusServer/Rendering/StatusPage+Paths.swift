import Reconcile

extension StatusPage {
  /// The paths to other nodes, the failed ones first.
  var paths: HTML {
    let failed = document.paths.count { !$0.ok }
    let rows = shown(document.paths.filter { !$0.ok } + document.paths.filter(\.ok), atMost: 20, tag: "tr") {
      path -> HTML in
      let message: HTML = path.ok ? "" : "<p class=\"why\">\(short(path.message))</p>"
      let duration = path.seconds.map { "\(Int(($0 * 1_000_000).rounded())) µs" } ?? "none"
      return """
        <tr><th scope="row"><code>\(short(path.target))</code>\(message)</th>
        <td data-is="Address">\(short(path.address))</td>
        <td data-is="Result"><span class="state \(path.ok ? "yes" : "no")">\(path.reason.rawValue)</span></td>
        <td data-is="Duration">\(duration)</td><td data-is="At">\(time(path.at))</td></tr>

        """
    }
    guard !rows.isEmpty else { return "" }
    let head: HTML = """
      <tr><th scope="col">Path to</th><th scope="col">Address</th><th scope="col">Result</th>
      <th scope="col">Duration</th><th scope="col">At</th></tr>

      """
    return folded(
      "Paths", failed == 0 ? "\(document.paths.count) proved" : "\(failed) of \(document.paths.count) fail",
      isInOrder: failed == 0, ["<table>\n\(head)\(rows)</table>\n"])
  }
}
