import Glibc

/// The usual `process_*` families, read at each request. An unreadable value has no family.
struct ProcessMetrics {
  private let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
  private let pageSize = UInt64(getpagesize())
  /// The start of the process in seconds since 1970; nil if it is unknown.
  private let startTime: Double?

  init() {
    startTime = Self.bootTime().flatMap { boot in
      Self.statFields().map { boot + Double($0[Field.startTime]) / Double(sysconf(Int32(_SC_CLK_TCK))) }
    }
  }

  func families() -> [MetricFamily] {
    var families: [MetricFamily] = []
    func add(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: String?) {
      guard let value else { return }
      families.append(
        MetricFamily(name, kind, help, [.init(suffix: kind == .counter ? "_total" : "", value: value)]))
    }
    let stat = Self.statFields()
    add(
      "process_cpu_seconds", .counter, "CPU time of the process, user and system, in seconds.",
      stat.map { "\(Double($0[Field.userTime] + $0[Field.systemTime]) / ticksPerSecond)" })
    add(
      "process_resident_memory_bytes", .gauge, "Resident memory of the process in bytes.",
      stat.map { "\($0[Field.residentPages] * pageSize)" })
    add(
      "process_virtual_memory_bytes", .gauge, "Virtual memory of the process in bytes.",
      stat.map { "\($0[Field.virtualBytes])" })
    add(
      "process_start_time_seconds", .gauge, "Start time of the process in seconds since 1970.",
      startTime.map { "\($0)" })
    add("process_open_fds", .gauge, "Open file descriptors.", Self.openDescriptors().map { "\($0)" })
    var limit = rlimit()
    let known = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    add("process_max_fds", .gauge, "Limit of open file descriptors.", known ? "\(limit.rlim_cur)" : nil)
    return families
  }

  /// Positions in /proc/self/stat after the closing parenthesis of the command (proc(5)).
  private enum Field {
    static let userTime = 11
    static let systemTime = 12
    static let startTime = 19
    static let virtualBytes = 20
    static let residentPages = 21
  }

  private static func statFields() -> [UInt64]? {
    guard let text = read("/proc/self/stat"), let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ").map { UInt64($0) ?? 0 }
    return fields.count > Field.residentPages ? fields : nil
  }

  private static func bootTime() -> Double? {
    guard let text = read("/proc/stat"), let line = text.split(separator: "\n").first(where: { $0.hasPrefix("btime ") })
    else { return nil }
    return Double(line.dropFirst(6))
  }

  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    let chunk = 64 * 1024
    while true {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: chunk))
      let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress?.advanced(by: start), chunk) }
      bytes.removeLast(chunk - max(0, count))
      if count <= 0 { return count < 0 ? nil : String(decoding: bytes, as: UTF8.self) }
    }
  }

  private static func openDescriptors() -> Int? {
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    // Not counted: `.`, `..` and the descriptor of this directory.
    var count = -3
    while readdir(directory) != nil { count += 1 }
    return count
  }
}
