/// The body of `/status`: `NodeSCTPStatus` of `sctp-agent/v1`, key for key.
package struct StatusDocument: Codable, Hashable, Sendable {
  package var apiVersion = "sctp-agent/v1"
  package var kind = "NodeSCTPStatus"
  package var node: String
  package var ready: Bool
  package var reason: Condition.Reason
  package var message: String
  package var observedAt: String
  package var agent: Agent
  package var kernel: Kernel
  package var userland: Userland
  package var intent: Intent
  package var conditions: [Condition]
  package var files: [File]
  /// The number of files that `files` leaves out; absent if it has them all.
  package var moreFiles: Int?
  package var modules: [Module]
  /// The number of modules that `modules` leaves out; absent if it has them all.
  package var moreModules: Int?
  package var probe: [String: Probe]
  package var dataPath: DataPath
  package var drift: DriftCount
  /// The last proof of each path to other nodes, the failed ones first; empty if no paths are proved.
  package var paths: [Path]
  /// Facts that no verdict contains: one sentence each, as `explain` prints them.
  package var notes: [String]
  /// The last events, the newest first.
  package var recent: [RecentEvent]

  /// The node's own tools, whose rules are followed: null if a version is not known, and the newest rules count then.
  package struct Userland: Codable, Hashable, Sendable {
    @Nullable package var kmod: String?
    @Nullable package var systemd: String?
  }

  package struct Agent: Codable, Hashable, Sendable {
    package var version: String
    /// `systemd`, `container` or `manual`.
    package var mode: String
    package var pid: Int32
    package var startedAt: String
    package var unblock: UnblockPolicy
    package var observeOnly: Bool
    /// Whether another process changes the node, so that this one only observes.
    package var standby: Bool
  }

  package struct Kernel: Codable, Hashable, Sendable {
    package var release: String
    package var bootID: String
    package var modulesDisabled: Bool
    package var lockdown: String
    /// Whether the kernel can load modules at all.
    package var loadsModules: Bool
    /// Whether only signed modules load.
    package var enforcesSignatures: Bool
    /// The words of the kernel command line that say something about modules.
    package var commandLine: [String]
    package var otherKernels: [OtherKernel]
  }

  package struct OtherKernel: Codable, Hashable, Sendable {
    package var release: String
    /// `present`, `missing` or `unknown`.
    package var sctp: String
  }

  package struct Intent: Codable, Hashable, Sendable {
    package var source: [String]
    package var digest: String
    package var machineConfigs: [String]
    package var modules: [String]
    package var keptOut: [String]
    package var ignored: [Ignored]
    /// The number of files that `ignored` leaves out; absent if it has them all.
    package var moreIgnored: Int?
    package var issues: [Issue]
    /// The number of findings that `issues` leaves out; absent if it has them all.
    package var moreIssues: Int?
  }

  package struct Ignored: Codable, Hashable, Sendable {
    package var path: String
    package var reason: String
  }

  package struct Issue: Codable, Hashable, Sendable {
    package var severity: String
    package var at: String
    package var code: String
    package var message: String
  }

  package struct File: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
      case inSync = "InSync"
      case drifted = "Drifted"
      case held = "Held"
      case contended = "Contended"
      case failed = "Failed"
    }

    package var path: String
    package var owner: TrackedFile.Owner
    package var state: State
    package var sha256: String
    package var mode: String
    package var repairs: Int
    @Nullable package var lastDrift: String?
    @Nullable package var message: String?
    /// When a repair that waits is made; nil if none waits, or if that is not known. The page shows it; it is not in
    /// the JSON.
    package var repairDue: Timestamp?

    private enum CodingKeys: CodingKey {
      case path, owner, state, sha256, mode, repairs, lastDrift, message
    }
  }

  package struct Module: Codable, Hashable, Sendable {
    package var name: String
    package var wanted: Bool
    package var state: ModuleState
    @Nullable package var refcount: Int?
    @Nullable package var file: String?
    /// The compression of the file: `none`, `xz`, `zst` or `gz`.
    @Nullable package var compression: String?
    /// Whether the file ends in a signature; null if it was not read, because the kernel does not demand one.
    @Nullable package var signed: Bool?
    package var dependencies: [String]
    package var verdicts: ModuleVerdicts
  }

  package struct ModuleVerdicts: Codable, Hashable, Sendable {
    package var autoload: Way
    package var boot: BootWay
    package var explicit: Way
  }

  package struct Way: Codable, Hashable, Sendable {
    package var open: Bool
    package var blockedBy: [Rule]
    /// The number of rules that `blockedBy` leaves out; absent if it has them all.
    package var more: Int?
  }

  package struct BootWay: Codable, Hashable, Sendable {
    package var open: Bool
    package var requested: Bool
    package var blockedBy: [Rule]
    /// The number of rules that are left out, as in `Way`.
    package var more: Int?
  }

  package struct Rule: Codable, Hashable, Sendable {
    package var file: String
    package var line: Int
    package var text: String
    package var remedy: String
    /// What removes the rule. The page shows it; it is not part of `/status`.
    package var cure = Cure.byHand

    private enum CodingKeys: CodingKey {
      case file, line, text, remedy
    }
  }

  package struct Probe: Codable, Hashable, Sendable {
    package var ok: Bool
    /// Whether the node does not have this address family, which says nothing about SCTP.
    package var absent: Bool
    @Nullable package var seconds: Double?
    package var at: String
    @Nullable package var error: String?
  }

  package struct Path: Codable, Hashable, Sendable {
    /// The target in the form of `--prove`.
    package var target: String
    /// Numeric; empty if the target's name has no address.
    package var address: String
    package var ok: Bool
    @Nullable package var seconds: Double?
    package var at: String
    package var reason: PathReason
    package var message: String
  }

  package struct DataPath: Codable, Hashable, Sendable {
    /// `present`, `absent`, or `unknown` if nf_conntrack is not loaded.
    package var conntrackSCTP: String
  }

  package struct DriftCount: Codable, Hashable, Sendable {
    package var total: Int
    @Nullable package var lastAt: String?
    @Nullable package var lastPath: String?
  }
}

/// An optional that is encoded as `null` and not left out, so that a reader always finds the key.
@propertyWrapper
package struct Nullable<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  package var wrappedValue: Value?

  package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
