import CLinux
import Glibc
package import Linux
package import NodeAgent
package import Reconcile

/// Changes as the kernel reports them: inotify(7), mounts, module uevents, and signals as data, with one poll(2) over all
/// of them.
///
/// Create it on the main thread before other threads, so that SIGHUP, SIGTERM and SIGINT are blocked in all of them.
package final class InotifyChanges: ChangeSource {
  private let node: NodeRoot
  private let own: NodeRoot
  private let modules: String?
  private let signals: Int32
  /// The descriptor; nil if the kernel refused it, and `inotifyFailure` says why.
  private let inotify: Int32?
  private let inotifyFailure: Errno?
  private let uevents: Int32?
  /// The mount table of this process, which has an exceptional condition after each change: proc(5). Nil without procfs.
  private let mounts: Int32?
  /// Signalled by other threads when work on a module has ended.
  package let moduleEvents: EventDescriptor
  /// Signalled when a round of proofs is over; nil if none are made.
  private let rounds: EventDescriptor?

  private static let bufferSize = 64 * 1024
  /// The header, a name with its NUL, and padding: inotify(7).
  private static let longestEvent = MemoryLayout<inotify_event>.size + Int(NAME_MAX) + 1 + 16

  private var paths: (node: [String], own: [String]) = ([], [])
  private var failures: [FileFailure] = []
  private var watches: [Int32: (directory: String, interest: WatchPlan.Interest)] = [:]
  /// What the watches were set for.
  private var plan = WatchPlan()
  /// What was read and has not been returned yet.
  private var unreturned: Set<Wake> = []
  /// Whether the watches may be out of date.
  private var isStale = false
  private var changed = ChangedEntries()

  /// Throws if signals cannot be read as data, or no descriptor is free.
  ///
  /// - Parameters:
  ///   - root: the directory that is the node's root.
  ///   - modules: the path on the node of the directory with the modules; nil if it is not watched.
  ///   - rounds: signalled by another thread when a round of proofs of paths is over.
  package init(root: String, modules: String? = nil, rounds: EventDescriptor? = nil) throws(Errno) {
    self.modules = modules
    self.rounds = rounds
    node = NodeRoot(path: root, calls: LinuxCalls())
    own = NodeRoot(path: "/", calls: LinuxCalls())
    moduleEvents = try EventDescriptor()
    signals = Int32(try Syscall.check { Int(CLinux_signal_descriptor([SIGHUP, SIGTERM, SIGINT], 3)) })
    do throws(Errno) {
      inotify = Int32(try Syscall.check { Syscall.raw(inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))) })
      inotifyFailure = nil
    } catch {
      inotify = nil
      inotifyFailure = error
    }
    // A network namespace may have no kernel messages, and a policy may forbid them. The resync timer then has to do.
    uevents = try? Int32(Syscall.check { Int(CLinux_uevent_socket()) })
    mounts = try? Int32(Syscall.check { Syscall.raw(open("/proc/thread-self/mountinfo", O_RDONLY | O_CLOEXEC)) })
  }

  deinit { for descriptor in [signals, inotify, uevents, mounts] { if let descriptor { close(descriptor) } } }

  package func watch(node nodePaths: [String], own ownPaths: [String]) -> [FileFailure] {
    if (nodePaths, ownPaths) != paths || isStale || !failures.isEmpty {
      paths = (nodePaths, ownPaths)
      renew()
    }
    return failures
  }

  package func wait(until deadline: ContinuousClock.Instant?) -> Set<Wake> {
    while true {
      let limit = deadline.map { ContinuousClock.now.duration(to: $0).pollMilliseconds } ?? -1
      var wakes = drain(poll(milliseconds: unreturned.isEmpty ? limit : 0))
      if isStale { renew() }
      if let deadline, deadline <= .now { wakes.insert(.deadline) }
      if !wakes.isEmpty { return wakes }
    }
  }

  package func forgetFileChanges(in directories: [String]) {
    let forgotten = Set(directories.compactMap { plan.place(of: $0, below: node) })
    if drainInotify(except: forgotten) { unreturned.insert(.filesChanged) }
    if isStale { renew() }
  }

  package func takeChangedEntries() -> Set<String>? {
    guard let changed = changed.take(), hearsModules, failures.isEmpty else { return nil }
    var entries: Set<String> = []
    for directory in paths.node {
      guard let place = plan.place(of: directory, below: node) else { continue }
      for name in changed[place] ?? [] { entries.insert("\(directory)/\(name)") }
    }
    return entries
  }

  /// Whether the kernel reports each module that is loaded or removed.
  package var hearsModules: Bool { uevents != nil }

  package var isTerminating: Bool {
    let wakes = drainSignals()
    if !wakes.isEmpty { unreturned.formUnion(wakes) }
    return unreturned.contains(.terminate)
  }

  /// A descriptor that is readable while a signal is pending.
  package var signalDescriptor: Int32 { signals }

  /// Returns the descriptors that are readable.
  private func poll(milliseconds: Int32) -> Set<Int32> {
    var descriptors = [signals, inotify, uevents, moduleEvents.descriptor, rounds?.descriptor].compactMap(\.self).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    if let mounts { descriptors.append(pollfd(fd: mounts, events: Int16(POLLPRI), revents: 0)) }
    guard Glibc.poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else { return [] }
    return Set(descriptors.filter { $0.revents != 0 }.map(\.fd))
  }

  private func drain(_ ready: Set<Int32>) -> Set<Wake> {
    var wakes = unreturned
    unreturned = []
    if ready.contains(signals) { wakes.formUnion(drainSignals()) }
    if let inotify, ready.contains(inotify), drainInotify() { wakes.insert(.filesChanged) }
    if let mounts, ready.contains(mounts), mountsMatter() { wakes.insert(.filesChanged) }
    if let uevents, ready.contains(uevents), drainUevents() { wakes.insert(.modulesChanged) }
    if ready.contains(moduleEvents.descriptor), moduleEvents.drain() { wakes.insert(.modulesChanged) }
    if let rounds, ready.contains(rounds.descriptor), rounds.drain() { wakes.insert(.pathsChanged) }
    return wakes
  }

  private func drainSignals() -> Set<Wake> {
    var wakes: Set<Wake> = []
    var signal = signalfd_siginfo()
    while read(signals, &signal, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size {
      wakes.insert(signal.ssi_signo == UInt32(SIGHUP) ? .reload : .terminate)
    }
    return wakes
  }

  private func drainUevents() -> Bool {
    guard let uevents else { return false }
    var aboutModules = false
    while true {
      var fromKernel: Int32 = 0
      do throws(Errno) {
        let message = try Syscall.bytes(upTo: 8192) {
          Int(CLinux_uevent_receive(uevents, $0.baseAddress, $0.count, &fromKernel))
        }
        // The header is `add@/module/sctp`: kobject_uevent_env of the kernel.
        let header = String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
        let device = header.split(separator: "@", maxSplits: 1).last ?? ""
        if fromKernel != 0, device.hasPrefix("/module/") { aboutModules = true }
      } catch {
        // Messages were lost. One of them may have been about a module.
        guard error.rawValue == ENOBUFS else { return aboutModules }
        aboutModules = true
      }
    }
  }

  /// Reads all events. Returns whether one of them matters.
  ///
  /// - Parameter forgotten: the directories, by their paths on this host, whose events do not matter.
  private func drainInotify(except forgotten: Set<String> = []) -> Bool {
    guard let inotify else { return false }
    var counts = false
    var isMore = true
    while isMore,
      let events = try? Syscall.bytes(upTo: Self.bufferSize, { Syscall.raw(read(inotify, $0.baseAddress, $0.count)) })
    {
      // The kernel ends the read before an event that does not fit.
      isMore = events.count > Self.bufferSize - Self.longestEvent
      events.withUnsafeBytes { buffer in
        var offset = 0
        let header = MemoryLayout<inotify_event>.size
        while offset + header <= buffer.count {
          let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          let name = buffer[(offset + header)...].prefix(Int(event.len)).prefix { $0 != 0 }
          let entry = name.isEmpty ? nil : PathComponent(name)
          let isForgotten = !forgotten.isEmpty && isIn(forgotten, event, entry)
          if note(event, entry, isForgotten: isForgotten), !isForgotten { counts = true }
          offset += header + Int(event.len)
        }
      }
    }
    return counts
  }

  /// Whether the event is about one of the directories or an entry in it.
  private func isIn(_ directories: Set<String>, _ event: inotify_event, _ name: PathComponent?) -> Bool {
    guard let directory = watches[event.wd]?.directory else { return false }
    return directories.contains(directory) || name.map { directories.contains("\(directory)/\($0.text)") } == true
  }

  /// Sets the watches again after a mount or an unmount. Returns whether a watched path leads elsewhere now.
  ///
  /// inotify says nothing of a mount over a watched directory. Most mounts of a node are those of its containers.
  private func mountsMatter() -> Bool {
    let before = Set(watches.keys)
    renew()
    return Set(watches.keys) != before
  }

  /// Returns whether the event matters.
  private func note(_ event: inotify_event, _ name: PathComponent?, isForgotten: Bool) -> Bool {
    let mask = event.mask
    if let name, let watch = watches[event.wd], watch.interest.isAboutEntry(name) {
      // What is forgotten is about to be read.
      if !isForgotten { changed.insert(name, in: watch.directory) }
    } else {
      changed.mayBeAnything()
    }
    if mask & UInt32(IN_Q_OVERFLOW) != 0 {
      isStale = true
      return true
    }
    guard let (directory, interest) = watches[event.wd] else { return false }
    if mask & UInt32(IN_IGNORED) != 0 {
      watches[event.wd] = nil
      isStale = true
      return true
    }
    if mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT) != 0 {
      isStale = true
      return true
    }
    guard let name else { return interest.everything }
    let isStructural = mask & UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO) != 0
    if interest.names.contains(name) {
      isStale = isStale || isStructural
      return true
    }
    guard interest.everything else { return false }
    let isRead = Self.isRead(name.text)
    if isStructural {
      isStale = isStale || interest.links.contains(name) || isRead && Self.isLink("\(directory)/\(name.text)")
    }
    return isRead || isStructural && (interest.holdsModules || interest.links.contains(name))
  }

  /// Whether the agent may read a file of this name in a directory that is watched. A log that is written there all the
  /// time is no reason for a pass.
  private static func isRead(_ name: String) -> Bool {
    DirectoryListing.isDropInName(name) || IntentSources.suffixes.contains(where: name.hasSuffix)
      || name.hasPrefix("modules.")
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.isSymlink
  }

  /// Replaces the watches with those that the paths need now, and plans again to find changes made meanwhile.
  private func renew() {
    isStale = false
    // Nothing reported what happened in a directory before it was watched.
    changed.mayBeAnything()
    failures = []
    guard let inotify else {
      failures = (paths.node + paths.own).map { FileFailure(.watch, $0, inotifyFailure ?? Errno(ENOSYS)) }
      return
    }
    var next = planned()
    for _ in 0..<3 {
      plan = next
      let old = watches
      watches = [:]
      failures = next.failures
      for (directory, interest) in next.directories.sorted(by: { $0.key < $1.key }) {
        add(directory, interest, to: inotify)
      }
      for descriptor in old.keys where watches[descriptor] == nil { inotify_rm_watch(inotify, descriptor) }
      let now = planned()
      if now == next { return }
      next = now
    }
    // Directories keep moving. The next event causes the next attempt.
    isStale = true
  }

  private func planned() -> WatchPlan {
    var plan = WatchPlan()
    for path in paths.node { plan.add(path, below: node, holdsModules: path == modules) }
    for path in paths.own { plan.add(path, below: own) }
    return plan
  }

  private func add(_ directory: String, _ interest: WatchPlan.Interest, to inotify: Int32) {
    var interest = interest
    do throws(Errno) {
      var watch = try Syscall.check { Syscall.raw(inotify_add_watch(inotify, directory, interest.mask)) }
      // It is the same directory by another path, such as a bind mount: the kernel has one watch for both.
      if let known = watches[Int32(watch)]?.interest {
        interest.formUnion(known)
        interest.hasOtherPath = true
        watch = try Syscall.check { Syscall.raw(inotify_add_watch(inotify, directory, interest.mask)) }
      }
      watches[Int32(watch)] = (directory, interest)
    } catch {
      switch error.rawValue {
      case ENOENT, ENOTDIR: isStale = true
      case ENOSPC:
        failures.append(
          FileFailure(
            .watch, directory, errno: ENOSPC, reason: .noSpace,
            message: "no inotify watches left for this user (ENOSPC); raise fs.inotify.max_user_watches"))
      default: failures.append(FileFailure(.watch, directory, error))
      }
    }
  }
}
