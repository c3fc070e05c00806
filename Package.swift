// swift-tools-version: 6.2
import PackageDescription

// Which target may import which is the architecture of this project; CONTRIBUTING.md draws it.
// The build refuses an import that is not declared here (`--explicit-target-dependency-import-check error`).

let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// For what is either large or seldom run.
let smallSettings = swiftSettings + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

// lld takes a static library where gold insists on a shared one, and drops what nothing refers to, once the program
// exports nothing.
let releaseLinking: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--no-eh-frame-hdr",
      "-Xlinker", "--script=\(Context.packageDirectory)/deploy/release/sections.ld",
    ], .when(configuration: .release))
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
  name: "sctp-agent",
  products: [
    .executable(name: "sctp-agent", targets: ["sctp-agent"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // C shims: one library each, no decision in C.
    .target(name: "CKmod", linkerSettings: [.linkedLibrary("kmod")]),
    .target(name: "CMd", linkerSettings: [.linkedLibrary("md")]),
    .target(name: "CYaml", linkerSettings: [.linkedLibrary("yaml")]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CLinux"),
    .target(
      name: "CVersion",
      cSettings: (Context.gitInformation?.currentCommit).map { commit in
        [.define("SCTP_AGENT_COMMIT", to: "\"\(commit.prefix(12))\"")]
      }),

    // Pure: bytes and values in, values out.
    .target(name: "Modprobe", swiftSettings: swiftSettings),
    .target(
      name: "MachineIntent", dependencies: ["Modprobe", "CMd", "CYaml", "CZlib"], swiftSettings: swiftSettings),
    .target(name: "Reconcile", dependencies: ["Modprobe", "MachineIntent"], swiftSettings: smallSettings),

    // Orchestration through ports.
    .target(
      name: "NodeAgent", dependencies: ["Modprobe", "MachineIntent", "Reconcile", logging],
      swiftSettings: swiftSettings),

    // What every edge needs of the kernel and of libc.
    .target(name: "Linux", dependencies: ["CLinux"], swiftSettings: swiftSettings),

    // Edges.
    .target(
      name: "LinuxNode",
      dependencies: ["Modprobe", "MachineIntent", "Reconcile", "NodeAgent", "Linux", "CKmod", "CLinux"],
      swiftSettings: swiftSettings),
    .target(name: "StatusServer", dependencies: ["Reconcile", "Linux", "CLinux"], swiftSettings: swiftSettings),

    .executableTarget(
      name: "sctp-agent",
      dependencies: [
        "Modprobe", "MachineIntent", "Reconcile", "NodeAgent", "Linux", "LinuxNode", "StatusServer", "CVersion",
        argumentParser, logging,
      ],
      swiftSettings: smallSettings, linkerSettings: releaseLinking),

    // Tests.
    .target(
      name: "NodeTesting", dependencies: ["Modprobe", "MachineIntent", "Reconcile", "NodeAgent"],
      path: "Tests/NodeTesting", swiftSettings: swiftSettings),
    .testTarget(name: "ModprobeTests", dependencies: ["Modprobe", "NodeTesting"], swiftSettings: swiftSettings),
    .testTarget(
      name: "MachineIntentTests", dependencies: ["MachineIntent", "Modprobe", "NodeTesting"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ReconcileTests", dependencies: ["Reconcile", "MachineIntent", "Modprobe"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NodeAgentTests", dependencies: ["NodeAgent", "Reconcile", "MachineIntent", "Modprobe", "NodeTesting"],
      swiftSettings: swiftSettings),
    .testTarget(name: "LinuxTests", dependencies: ["Linux"], swiftSettings: swiftSettings),
    .testTarget(
      name: "LinuxNodeTests",
      dependencies: ["Linux", "LinuxNode", "NodeAgent", "Reconcile", "MachineIntent", "Modprobe", "NodeTesting"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StatusServerTests",
      dependencies: ["StatusServer", "Linux", "Reconcile", "MachineIntent", "NodeTesting", "CLinux"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EndToEndTests", dependencies: ["sctp-agent", "NodeTesting", "StatusServer", "Linux"],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
