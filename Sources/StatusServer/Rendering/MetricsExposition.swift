import Reconcile

/// The agent's families of `/metrics`.
///
/// A series exists only for an object that exists. Counters of known labels start at 0, so that a rate sees the first
/// increase.
struct MetricsExposition {
  let document: StatusDocument
  let history: History
  let build: BuildVersion

  func text(_ format: AcceptedFormat) -> String { families.map { $0.text(format) }.joined() }

  private var families: [MetricFamily] {
    [buildInfo, ready] + conditions + modules + files + reconciles + network + paths
  }

  private var buildInfo: MetricFamily {
    MetricFamily(
      "sctp_agent_build_info", .gauge, "The version of the agent; always 1.",
      [.init(labels: [("version", build.version), ("commit", build.commit), ("swift", build.swift)], value: "1")])
  }

  private var ready: MetricFamily {
    .flags("sctp_agent_ready", "Whether the node is Ready.", [([], document.ready)])
  }

  private var conditions: [MetricFamily] {
    [
      .flags(
        "sctp_agent_condition", "Whether the condition is True.",
        document.conditions.map { ([("type", $0.type.rawValue)], $0.status == .yes) }),
      .flags(
        "sctp_agent_condition_reason", "The reason of the condition; 1 for the reason that holds, without others.",
        document.conditions.map { ([("type", $0.type.rawValue), ("reason", $0.reason.rawValue)], true) }),
    ]
  }

  private var modules: [MetricFamily] {
    [
      .flags(
        "sctp_agent_module_loaded", "Whether the module is live or built in.",
        document.modules.map { ([("module", $0.name)], $0.state.isUsable) }),
      MetricFamily(
        "sctp_agent_module_blockers", .gauge, "Number of rules and switches that block a way to load the module.",
        document.modules.map {
          .init(labels: [("module", $0.name)], value: "\(ClosedWays.all(of: $0).count + $0.verdicts.unlisted)")
        }),
    ]
  }

  // MARK: Files

  private var files: [MetricFamily] {
    [
      .flags(
        "sctp_agent_file_in_sync", "Whether the file is as it should be.",
        document.files.map { ([("path", $0.path)], $0.state == .inSync) }),
      .flags(
        "sctp_agent_file_state", "The state of the file; 1 for the state that holds.",
        document.files.flatMap { file in
          StatusDocument.File.State.allCases.map { state in
            ([("path", file.path), ("state", state.rawValue)], state == file.state)
          }
        }),
      drifts, repairs,
    ]
  }

  private var drifts: MetricFamily {
    let owners = owners
    return MetricFamily(
      "sctp_agent_drift", .counter, "Number of times that a file was found changed, by how it differed.",
      pasts.flatMap { path, past in
        Drift.allCases.compactMap { kind in
          let count = past?.drifts[kind] ?? 0
          guard count > 0 || owners[path].map(kind.applies) ?? false else { return nil }
          return .init(suffix: "_total", labels: [("path", path), ("kind", kind.rawValue)], value: "\(count)")
        }
      })
  }

  private var repairs: MetricFamily {
    MetricFamily(
      "sctp_agent_repairs", .counter, "Number of writes to a file, by result.",
      pasts.flatMap { path, past in
        [("success", past?.repairs ?? 0), ("failure", past?.failedRepairs ?? 0)].map { result, count in
          .init(suffix: "_total", labels: [("path", path), ("result", result)], value: "\(count)")
        }
      })
  }

  private var owners: [String: TrackedFile.Owner] {
    Dictionary(document.files.map { ($0.path, $0.owner) }, uniquingKeysWith: { first, _ in first })
  }

  /// The paths of all tracked files and of all files with a history; the value is nil if a file has no history yet.
  private var pasts: [(path: String, past: History.FileHistory?)] {
    Set(history.files.keys).union(document.files.map(\.path)).sorted().map { ($0, history.files[$0]) }
  }

  // MARK: Passes

  private var reconciles: [MetricFamily] {
    let histogram = history.reconciles
    let buckets = zip(DurationHistogram.bounds.map { "\($0)" } + ["+Inf"], histogram.buckets + [histogram.count])
    return [
      MetricFamily(
        "sctp_agent_reconcile_duration_seconds", .histogram, "Duration of a pass in seconds.",
        buckets.map { .init(suffix: "_bucket", labels: [("le", $0)], value: "\($1)") }
          + [.init(suffix: "_sum", value: "\(histogram.sum)"), .init(suffix: "_count", value: "\(histogram.count)")]),
      MetricFamily(
        "sctp_agent_last_reconcile_timestamp_seconds", .gauge, "End of the last pass, in seconds since 1970.",
        history.lastReconcile.map { [.init(value: "\(Double($0.milliseconds) / 1000)")] } ?? []),
    ]
  }

  // MARK: Probes

  private var network: [MetricFamily] {
    let probes = document.probe.filter { !$0.value.absent }.sorted { $0.key < $1.key }.map { name, probe in
      ([(name: "family", value: name == "loopback6" ? "ipv6" : "ipv4")], probe)
    }
    let conntrack: [(labels: [(name: String, value: String)], on: Bool)] =
      switch document.dataPath.conntrackSCTP {
      case "present": [([], true)]
      case "absent": [([], false)]
      default: []
      }
    return [
      .flags(
        "sctp_agent_probe_success", "Whether the last association over the loopback exchanged data.",
        probes.map { ($0.0, $0.1.ok) }),
      MetricFamily(
        "sctp_agent_probe_duration_seconds", .gauge, "Duration of the last successful association in seconds.",
        probes.compactMap { labels, probe in probe.seconds.map { .init(labels: labels, value: "\($0)") } }),
      .flags(
        "sctp_agent_conntrack_sctp", "Whether the kernel's connection tracking handles SCTP; absent if unknown.",
        conntrack),
    ]
  }
}

extension MetricsExposition {
  private var paths: [MetricFamily] {
    func labels(_ path: StatusDocument.Path) -> [(name: String, value: String)] {
      [("target", path.target), ("address", path.address)]
    }
    return [
      .flags(
        "sctp_agent_path_success", "Whether the last proof of the path to an address of a target succeeded.",
        document.paths.map { (labels($0), $0.ok) }),
      MetricFamily(
        "sctp_agent_path_duration_seconds", .gauge,
        "Duration of the path's last proof, both messages there and back, in seconds.",
        document.paths.compactMap { path in path.seconds.map { .init(labels: labels(path), value: "\($0)") } }),
    ]
  }
}

extension Drift {
  /// Whether a file of this owner can drift in this way.
  fileprivate func applies(to owner: TrackedFile.Owner) -> Bool { (self == .blocks) == (owner == .override) }
}
