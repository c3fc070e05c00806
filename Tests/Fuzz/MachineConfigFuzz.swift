@testable import MachineIntent

/// Bytes as an intent or the machine-config daemon's file may hold them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMachineConfig(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let document = IntentDocument(name: "f", bytes: bytes)
  let managed = try? ManagedConfiguration.read(path: "/c", bytes: bytes)
  for managed in [nil, managed] {
    let reading = IntentReader.read([document, BuiltinIntent.document], managed: managed)
    let isRefused = reading.issues.contains { $0.severity == .error }
    precondition((reading.state == nil) == isRefused, "an intent is refused without a reason, or taken in spite of one")
    check(reading.issues)
    for file in reading.state?.files ?? [] {
      precondition(WritablePath.refusal(of: file.path) == nil, "a file that may not be written is to be written")
    }
  }
  check(IntentReader.lint([document]))
  return 0
}

private func check(_ issues: [ConfigIssue]) {
  for issue in issues {
    precondition(issue.at.line >= 1 && issue.at.column >= 1, "a finding has no place")
    precondition(!issue.message.isEmpty, "a finding has no reason")
  }
}
