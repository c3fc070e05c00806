import Modprobe

/// Bytes as the kernel command line may hold them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCommandLine(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let line = KernelCommandLine(Array(UnsafeBufferPointer(start: start, count: count)))
  precondition(!(line.moduleBlacklist + line.modprobeBlacklist).contains { $0.rawValue.isEmpty }, "a name is empty")
  let configuration = ModprobeConfiguration(dropIns: .modprobe([]), commandLine: line)
  // A name that is no UTF-8 is replaced, and so equals none.
  for module in line.modprobeBlacklist where !module.rawValue.unicodeScalars.contains("\u{FFFD}") {
    precondition(!configuration.blacklistRules(of: module).isEmpty, "a blacklisted module has no rule")
  }
  precondition(configuration.showConfigEntries().allSatisfy { $0.location.line == 0 }, "a parameter stands on a line")
  return 0
}
