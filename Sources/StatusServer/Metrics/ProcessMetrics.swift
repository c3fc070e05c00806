import Glibc
import Linux

/// The usual `process_*` families, read at each request. An unreadable value has no family.
struct ProcessMetrics {
  private let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
  private let pageSize = UInt64(getpagesize())
  /// The start of the process in seconds since 1970; nil if it is unknown.
  private let startTime: Double?

  /// Computes the start time once. With another result after each correction of the clock, the process would seem to
  /// have started again.
  init() {
    let ticks = Self.statFields()?[Field.startTime]
    startTime = ticks.map { [ticksPerSecond] in Self.bootTime + Double($0) / ticksPerSecond }
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

  /// Returns the numbers after the command; nil if the file cannot be read. A field that is no number is 0.
  private static func statFields() -> [UInt64]? {
    let descriptor = open("/proc/self/stat", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let bytes = try? Syscall.read(from: descriptor, upTo: 4096), let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = bytes[(end + 1)...].split(separator: Octet.space).map {
      UInt64(String(decoding: $0, as: UTF8.self)) ?? 0
    }
    return fields.count > Field.residentPages ? fields : nil
  }

  /// The time of the boot in seconds since 1970: what /proc/stat calls btime. That file grows with the processors and
  /// interrupts of the machine, and reading it takes milliseconds on large ones.
  private static var bootTime: Double { seconds(CLOCK_REALTIME) - seconds(CLOCK_BOOTTIME) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
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
