import Modprobe
import Reconcile

extension KernelState {
  /// Reads what procfs and sysfs tell. What is not there is not known, except where its absence is the fact.
  init(_ access: NodePorts) throws(FileFailure) {
    let proc = access.proc
    let sys = access.sys
    let commandLine = KernelCommandLine(try proc.read("/cmdline", limit: 65536) ?? [])
    let conntrack = try proc.stamp("/sys/net/netfilter") != nil
    let tracksSCTP = try proc.stamp("/sys/net/netfilter/nf_conntrack_sctp_timeout_established") != nil
    var lockdown = try sys.line("/kernel/security/lockdown").flatMap(Self.chosen)
    // A kernel without lockdown has the list of its security modules there, and one whose securityfs is not mounted
    // nothing.
    if lockdown == nil, try sys.stamp("/kernel/security/lsm") == nil { lockdown = commandLine.lockdown }
    let modprobePath = try proc.line("/sys/kernel/modprobe")
    var modprobeExists = true
    if let path = modprobePath, !["", "/sbin/modprobe", "/usr/sbin/modprobe"].contains(path) {
      modprobeExists = try access.files.stamp(path) != nil
    }
    let hasModuleList = try proc.stamp("/modules") != nil
    let hasModuleSwitch = try proc.stamp("/sys/kernel/modules_disabled") != nil
    // Where procfs does not even tell the kernel's name, it is a partial one and its silence says nothing.
    let isWhole = try proc.stamp("/sys/kernel/ostype") != nil
    let enforced = try sys.line("/module/module/parameters/sig_enforce") == "Y"
    self.init(
      release: access.kernelRelease,
      bootID: try proc.line("/sys/kernel/random/boot_id"),
      commandLine: commandLine,
      supportsModules: hasModuleList || hasModuleSwitch || !isWhole,
      modulesDisabled: try proc.line("/sys/kernel/modules_disabled") == "1",
      modprobePath: modprobePath,
      modprobeExists: modprobeExists,
      lockdown: lockdown,
      enforcesSignatures: enforced || commandLine.enforcesSignatures,
      mayLoadModules: try Self.mayLoadModules(proc),
      conntrackSCTP: conntrack ? tracksSCTP : nil)
  }

  /// The values of sctp's settings; a secret one cannot be read and is left out.
  static func sctpSysctls(_ proc: any ReadableFiles) throws(FileFailure) -> [String: String] {
    var values: [String: String] = [:]
    for entry in try proc.list("/sys/net/sctp")?.entries ?? [] {
      guard let contents = entry.contents else { continue }
      let words = String(decoding: contents, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      values[entry.name] = words.joined(separator: " ")
    }
    return values
  }

  /// True where the kernel takes only signed modules.
  var judgesSignatures: Bool { enforcesSignatures || lockdown.map { $0 != "none" } ?? false }

  /// The bracketed word of `none [integrity] confidentiality`.
  private static func chosen(_ line: String) -> String? {
    guard let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"), open < close else { return nil }
    return String(line[line.index(after: open)..<close])
  }

  /// CAP_SYS_MODULE (bit 16 of `CapEff`), and no user namespace around it: capabilities(7), user_namespaces(7).
  private static func mayLoadModules(_ proc: any ReadableFiles) throws(FileFailure) -> Bool? {
    guard let status = try proc.read("/self/status", limit: 65536) else { return nil }
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
  /// The first line of a small file, without its newline and surrounding blanks; nil: no such file.
  func line(_ path: String) throws(FileFailure) -> String? {
    guard let bytes = try read(path, limit: 65536) else { return nil }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    return String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
