import Modprobe

/// Bytes as a file of modules-load.d may hold them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModulesLoad(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let file = ModulesLoadFile(path: "/etc/modules-load.d/a.conf", contents: bytes)
  let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
  for entry in file.entries {
    precondition((1...lines).contains(entry.location.line), "an entry stands on no line of the file")
    precondition(!entry.text.isEmpty, "an entry names nothing")
  }
  let named = Set(file.entries.map(\.location.line))
  precondition(
    file.suspicious.allSatisfy { named.contains($0.location.line) }, "a line is suspected that names nothing")
  return 0
}
