import Modprobe

/// The system that a node runs: it decides which command installs a module and which one changes the kernel command line.
///
/// Source of the fields: os-release(5).
package enum Distribution: String, Hashable, Sendable, CaseIterable {
  /// Red Hat Enterprise Linux CoreOS, and Fedora CoreOS.
  case coreOS
  /// RHEL, and what is built like it: CentOS, Rocky, AlmaLinux, Oracle Linux, Fedora.
  case redHat
  case amazon
  case debian
  case ubuntu
  case suse
  /// SUSE's systems with a read-only root: SLE Micro, SL Micro, MicroOS, Leap Micro.
  case suseMicro
  case flatcar
  case talos
  case bottlerocket
  /// A system whose os-release says that it is none of these.
  case unlisted
  /// A system whose os-release is missing or cannot be read. It is taken for one of Red Hat's.
  case unknown

  /// Reads the contents of `/etc/os-release`.
  package init(osRelease: [UInt8]) {
    var fields: [Substring: String] = [:]
    let text = String(decoding: osRelease, as: UTF8.self)
    for line in text.split(whereSeparator: \.isNewline) {
      guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { continue }
      let value = line[line.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }
      fields[line[..<equals]] = value
    }
    let id = fields["ID"] ?? ""
    let names = [id] + (fields["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
    let isSUSE = names.contains { Self.byName[$0] == .suse }
    if id == "rhcos" || Self.ostreeVariants.contains(fields["VARIANT_ID"] ?? "") {
      self = .coreOS
    } else if isSUSE, id.hasSuffix("micro") || id.hasSuffix("microos") {
      self = .suseMicro
    } else {
      self = names.lazy.compactMap { Self.byName[$0] }.first ?? (id.isEmpty ? .unknown : .unlisted)
    }
  }

  /// The variants that rpm-ostree manages.
  private static let ostreeVariants: Set<String> = ["coreos", "iot", "edge", "silverblue", "kinoite"]

  private static let byName: [String: Distribution] = [
    "rhel": .redHat, "centos": .redHat, "rocky": .redHat, "almalinux": .redHat, "ol": .redHat, "fedora": .redHat,
    "amzn": .amazon, "debian": .debian, "ubuntu": .ubuntu, "suse": .suse, "opensuse": .suse, "sles": .suse,
    "flatcar": .flatcar, "coreos": .flatcar, "talos": .talos,
    "bottlerocket": .bottlerocket,
  ]

  // MARK: Packages

  /// The command or the sentence that installs sctp's modules for the kernel of this release.
  func installModules(for release: String) -> String {
    switch self {
    case .coreOS:
      "rpm-ostree install \(Self.redHatPackage(for: release))   # then reboot; in a layered image, add it to the image"
    case .redHat, .unknown: "dnf install \(Self.redHatPackage(for: release))"
    case .amazon: "\(Self.amazonTool(for: release)) install \(Self.amazonPackage(for: release))"
    case .debian: "apt-get install --reinstall linux-image-\(release)"
    case .ubuntu: "apt-get install linux-modules-extra-\(release)"
    case .suse: "zypper install \(Self.susePackage(for: release))"
    case .suseMicro: "transactional-update pkg install \(Self.susePackage(for: release))   # then reboot"
    case .unlisted: "install the package of this system that has kernel/net/sctp/sctp.ko for kernel \(release)"
    case .flatcar: "Flatcar's image brings its modules: update it (update_engine_client -update), then reboot"
    case .talos: "Talos' image brings its modules: install an image whose kernel has the module (talosctl upgrade)"
    case .bottlerocket: "Bottlerocket's image brings its modules: update to a variant whose kernel has the module"
    }
  }

  /// The command or the sentence that puts the modules' files of this kernel back in place.
  func reinstallModules(for release: String) -> String {
    switch self {
    case .coreOS: "the image brings the modules: go back to a sound deployment (rpm-ostree rollback), then reboot"
    case .redHat, .unknown: "dnf reinstall \(Self.redHatPackage(for: release)) && depmod -a \(release)"
    case .amazon:
      "\(Self.amazonTool(for: release)) reinstall \(Self.amazonPackage(for: release)) && depmod -a \(release)"
    case .debian: "apt-get install --reinstall linux-image-\(release) && depmod -a \(release)"
    case .ubuntu: "apt-get install --reinstall linux-modules-extra-\(release) && depmod -a \(release)"
    case .suse: "zypper install --force \(Self.susePackage(for: release)) && depmod -a \(release)"
    case .suseMicro: "transactional-update pkg install --force \(Self.susePackage(for: release))   # then reboot"
    case .unlisted: "install again the package of this system that has the modules of kernel \(release)"
    case .flatcar, .talos, .bottlerocket: installModules(for: release)
    }
  }

  /// The command that finds the package of a module that is not sctp's.
  func findPackage(of module: ModuleName, release: String) -> String {
    switch self {
    case .redHat, .amazon, .unknown: "dnf provides " + Remedy.quoted("*/\(module).ko*")
    case .debian, .ubuntu: "apt-file search /\(module).ko"
    case .suse, .suseMicro: "zypper search --provides --match-exact " + Remedy.quoted("kmod(\(module).ko)")
    case .unlisted: "install the package of this system that has \(module).ko for kernel \(release)"
    case .coreOS, .flatcar, .talos, .bottlerocket: installModules(for: release)
    }
  }

  /// The package of RHEL that has sctp, with the version that fits: each flavour of the kernel has its own.
  ///
  /// The flavour follows a plus, as in `5.14.0-427.el9.x86_64+rt` or `…+rt-debug`. The real-time kernels before RHEL 9.3 have
  /// it within the release, as in `4.18.0-553.rt7.342.el8_10.x86_64`.
  private static func redHatPackage(for release: String) -> String {
    if release.contains("uek") {
      let hasExtra = KernelVersion(release: release) >= KernelVersion(5, 15)
      return "kernel-uek\(hasExtra ? "-modules-extra" : "")-\(release)"
    }
    if let plus = release.lastIndex(of: "+"), plus < release.index(before: release.endIndex) {
      return "kernel-\(release[release.index(after: plus)...])-modules-extra-\(release[..<plus])"
    }
    let isRealTime = release.split(separator: ".").contains {
      $0.hasPrefix("rt") && $0.dropFirst(2).first?.isNumber == true
    }
    return "kernel-\(isRealTime ? "rt-" : "")modules-extra-\(release)"
  }

  /// Amazon Linux 2 has sctp in the package of the kernel. Amazon Linux 2023 names the packages of later kernels after their
  /// version.
  private static func amazonPackage(for release: String) -> String {
    if isAmazonLinux2(release) { return "kernel-\(release)" }
    let version = release.split(separator: ".").prefix(2).joined(separator: ".")
    return "kernel\(version == "6.1" ? "" : version)-modules-extra-\(release)"
  }

  private static func amazonTool(for release: String) -> String { isAmazonLinux2(release) ? "yum" : "dnf" }

  private static func isAmazonLinux2(_ release: String) -> Bool { release.contains(".amzn2.") }

  /// The release ends in the flavour: `6.4.0-150600.23.25-default`.
  private static func susePackage(for release: String) -> String {
    "kernel-\(release.split(separator: "-").last ?? "default")"
  }

  // MARK: The kernel command line

  /// The command or the sentence that removes a word from the kernel command line.
  ///
  /// - Parameters:
  ///   - word: as it is written there.
  ///   - rest: what remains of the word; empty if all of it is removed.
  func removeArgument(_ word: String, keeping rest: String) -> String {
    let (old, new) = (Remedy.quoted(word), Remedy.quoted(rest))
    let ostree = "rpm-ostree kargs --delete=\(old)" + (rest.isEmpty ? "" : " --append=\(new)")
    let grubby = "grubby --update-kernel=ALL --remove-args=\(old)" + (rest.isEmpty ? "" : " --args=\(new)")
    let change = rest.isEmpty ? "remove \(old)" : "replace \(old) with \(new)"
    switch self {
    case .coreOS: return ostree + "   # then reboot"
    case .redHat, .amazon: return grubby + "   # then reboot"
    case .unknown: return "\(ostree) || \(grubby)   # then reboot"
    case .debian, .ubuntu: return "\(change) in /etc/default/grub, run update-grub, and reboot"
    case .suse: return "\(change) in /etc/default/grub, run update-bootloader --refresh, and reboot"
    case .suseMicro: return "\(change) in /etc/default/grub, run transactional-update grub.cfg, and reboot"
    case .unlisted: return "\(change) in the kernel command line of this system's boot loader, and reboot"
    case .flatcar: return "\(change) in linux_append of /oem/grub.cfg, and reboot"
    case .talos: return "\(change) in machine.install.extraKernelArgs, and run talosctl upgrade"
    case .bottlerocket: return "\(change) in settings.boot.kernel-parameters, and reboot"
    }
  }
}
