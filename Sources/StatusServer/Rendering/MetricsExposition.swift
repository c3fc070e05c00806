import Reconcile

/// The agent's families of `/metrics`.
struct MetricsExposition {
  let document: StatusDocument
  let history: History
  let build: BuildVersion

  func text(_ format: AcceptedFormat) -> String { families.map { $0.text(format) }.joined() }

  private var families: [MetricFamily] {
    state + changes + [reconciles]
      + [
        MetricFamily(
          "sctp_agent_last_reconcile_timestamp_seconds", .gauge, "End of the last pass, in seconds since 1970.",
          history.lastReconcile.map { [.init(value: "\(Double($0.milliseconds) / 1000)")] } ?? [])
      ] + probes
  }

  private var state: [MetricFamily] {
    [
      MetricFamily(
        "sctp_agent_build_info", .gauge, "What was built; always 1.",
        [
          .init(
            labels: [("version", build.version), ("commit", build.commit), ("swift", build.swift)], value: "1")
        ]),
      .flags("sctp_agent_ready", "Whether the node is Ready.", [([], document.ready)]),
      .flags(
        "sctp_agent_condition", "Whether the condition is True.",
        document.conditions.map { ([("type", $0.type.rawValue)], $0.status == .yes) }),
      .flags(
        "sctp_agent_module_loaded", "Whether the module is live or built in.",
        document.modules.map { ([("module", $0.name)], $0.state.isUsable) }),
      MetricFamily(
        "sctp_agent_module_blockers", .gauge, "Rules and switches in the way of the module.",
        document.modules.map { module in
          .init(labels: [("module", module.name)], value: "\(module.verdicts.blockers.count)")
        }),
      .flags(
        "sctp_agent_file_in_sync", "Whether the file is as it should be.",
        document.files.map { ([("path", $0.path)], $0.state == .inSync) }),
    ]
  }

  private var changes: [MetricFamily] {
    let files = history.files.sorted { $0.key < $1.key }
    return [
      MetricFamily(
        "sctp_agent_drift", .counter, "Times that a file was found changed, by how it differed.",
        files.flatMap { path, past in
          past.drifts.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, count in
            .init(suffix: "_total", labels: [("path", path), ("kind", kind.rawValue)], value: "\(count)")
          }
        }),
      MetricFamily(
        "sctp_agent_repairs", .counter, "Writes to a file, by result.",
        files.flatMap { path, past in
          [("success", past.repairs), ("failure", past.failedRepairs)].filter { $0.1 > 0 }.map { result, count in
            .init(suffix: "_total", labels: [("path", path), ("result", result)], value: "\(count)")
          }
        }),
    ]
  }

  private var reconciles: MetricFamily {
    let histogram = history.reconciles
    let buckets = zip(DurationHistogram.bounds.map { "\($0)" } + ["+Inf"], histogram.buckets + [histogram.count])
    return MetricFamily(
      "sctp_agent_reconcile_duration_seconds", .histogram, "Duration of a pass in seconds.",
      buckets.map { .init(suffix: "_bucket", labels: [("le", $0)], value: "\($1)") }
        + [.init(suffix: "_sum", value: "\(histogram.sum)"), .init(suffix: "_count", value: "\(histogram.count)")])
  }

  private var probes: [MetricFamily] {
    let probes = document.probe.sorted { $0.key < $1.key }.map { name, probe in
      ([(name: "family", value: name == "loopback6" ? "ipv6" : "ipv4")], probe)
    }
    return [
      .flags(
        "sctp_agent_probe_success", "Whether the last association over the loopback exchanged data.",
        probes.map { ($0.0, $0.1.ok) }),
      MetricFamily(
        "sctp_agent_probe_duration_seconds", .gauge, "Duration of the last successful association in seconds.",
        probes.compactMap { labels, probe in probe.seconds.map { .init(labels: labels, value: "\($0)") } }),
    ]
  }
}

extension StatusDocument.ModuleVerdicts {
  /// Each rule once.
  var blockers: [StatusDocument.Rule] {
    var seen = Set<StatusDocument.Rule>()
    return (autoload.blockedBy + boot.blockedBy + explicit.blockedBy).filter { seen.insert($0).inserted }
  }
}
