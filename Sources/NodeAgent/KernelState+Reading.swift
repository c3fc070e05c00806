import Modprobe
import Reconcile

extension KernelState {
  /// Reads what procfs and sysfs report. If a file does not exist, its fact is unknown, unless the absence is the fact.
  /// Unreadable files are noted in `facts`.
  init(_ access: NodePorts, _ facts: inout FactReader) {
    let (proc, sys) = (access.proc, access.sys)
    func line(_ path: String) -> String? {
      facts.read(orElse: nil, below: "/proc") { () throws(FileFailure) in try proc.line(path) }
    }
    func isThere(_ path: String) -> Bool {
      facts.read(orElse: false, below: "/proc") { () throws(FileFailure) in try proc.stamp(path) != nil }
    }
    func sysLine(_ path: String) -> String? {
      facts.read(orElse: nil, below: "/sys") { () throws(FileFailure) in try sys.line(path) }
    }
    let commandLine = KernelCommandLine(
      facts.read(orElse: nil, below: "/proc") { () throws(FileFailure) in
        try proc.read("/cmdline", limit: Self.lineLimit)
      } ?? [])
    // nf_log creates the directory too.
    let conntrack = isThere("/sys/net/netfilter/nf_conntrack_max")
    let tracksSCTP = isThere("/sys/net/netfilter/nf_conntrack_sctp_timeout_established")
    var lockdown = sysLine("/kernel/security/lockdown").flatMap(Self.chosen)
    // If the kernel has no lockdown, the list of its security modules is there. If securityfs is not mounted, nothing
    // is.
    let hasSecurityModules = facts.read(orElse: true, below: "/sys") { () throws(FileFailure) in
      try sys.stamp("/kernel/security/lsm") != nil
    }
    if lockdown == nil, !hasSecurityModules { lockdown = commandLine.lockdown }
    let modprobePath = line("/sys/kernel/modprobe")
    var modprobeExists = true
    if let path = modprobePath, !["", "/sbin/modprobe", "/usr/sbin/modprobe"].contains(path) {
      modprobeExists = facts.read(orElse: true) { () throws(FileFailure) in try access.files.stamp(path) != nil }
    }
    let hasModuleList = isThere("/modules")
    let hasModuleSwitch = isThere("/sys/kernel/modules_disabled")
    // A procfs without the kernel's name is a partial one, and a missing file then means nothing.
    let isWhole = isThere("/sys/kernel/ostype")
    let enforced = sysLine("/module/module/parameters/sig_enforce") == "Y"
    self.init(
      release: access.kernelRelease,
      bootID: line("/sys/kernel/random/boot_id"),
      commandLine: commandLine,
      supportsModules: hasModuleList || hasModuleSwitch || !isWhole,
      modulesDisabled: line("/sys/kernel/modules_disabled") == "1",
      modprobePath: modprobePath,
      modprobeExists: modprobeExists,
      lockdown: lockdown,
      enforcesSignatures: enforced || commandLine.enforcesSignatures,
      mayLoadModules: facts.read(orElse: nil, below: "/proc") { () throws(FileFailure) in
        try Self.mayLoadModules(proc)
      },
      conntrackSCTP: tracksSCTP || conntrack ? tracksSCTP : nil)
    decompresses = sysLine("/module/compression")
  }

  /// The largest file of procfs or sysfs that is read whole.
  private static let lineLimit = 65536

  /// Returns the values of sctp's settings. A secret one cannot be read and is left out.
  static func sctpSysctls(_ proc: any ReadableFiles) throws(FileFailure) -> [String: String] {
    var values: [String: String] = [:]
    for entry in try proc.list("/sys/net/sctp")?.entries ?? [] {
      guard let contents = entry.contents else { continue }
      let words = String(decoding: contents, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      values[entry.name] = words.joined(separator: " ")
    }
    return values
  }

  /// Whether the kernel takes only signed modules.
  var judgesSignatures: Bool { enforcesSignatures || lockdown.map { $0 != "none" } ?? false }

  /// Returns the bracketed word of `none [integrity] confidentiality`, or nil if no word is bracketed.
  private static func chosen(_ line: String) -> String? {
    guard let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"), open < close else { return nil }
    return String(line[line.index(after: open)..<close])
  }

  /// Returns whether this process has CAP_SYS_MODULE (bit 16 of `CapEff`) and no user namespace around it:
  /// capabilities(7), user_namespaces(7). Returns nil if procfs does not report it.
  private static func mayLoadModules(_ proc: any ReadableFiles) throws(FileFailure) -> Bool? {
    guard let status = try proc.read("/self/status", limit: lineLimit) else { return nil }
    let text = String(decoding: status, as: UTF8.self)
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
      let word = line.split(whereSeparator: \.isWhitespace).last, let mask = UInt64(word, radix: 16)
    else { return nil }
    guard mask & (1 << 16) != 0 else { return false }
    guard let map = try proc.line("/self/uid_map") else { return true }
    return map.split(whereSeparator: \.isWhitespace) == ["0", "0", "4294967295"]
  }
}

extension ReadableFiles {
  /// Returns the first line of a small file, without its newline and surrounding blanks, or nil if there is no such file.
  func line(_ path: String) throws(FileFailure) -> String? {
    guard let bytes = try read(path, limit: 65536) else { return nil }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }.trimmed, as: UTF8.self)
  }
}
