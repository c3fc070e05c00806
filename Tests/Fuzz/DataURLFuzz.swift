import Modprobe

@testable import MachineIntent

/// Bytes as the source of a file may hold them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDataURL(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(DataURL.Failure) {
    let bytes = try DataURL(text[...]).decoded()
    let escaped = Array("data:,".utf8) + bytes.flatMap { Array("%".utf8) + Array(Hex.text([$0]).utf8) }
    let again = try DataURL(escaped[...]).decoded()
    precondition(again == bytes, "what was decoded does not decode to itself")
  } catch {
    precondition((0...count).contains(error.offset), "a fault stands outside the text")
    precondition(!error.reason.isEmpty)
  }
  let isValid = (try? DataURL(text[...]).validate()) != nil
  precondition(
    isValid == ((try? DataURL(text[...]).decoded()) != nil), "what is valid cannot be decoded, or the reverse")
  // Within another text, everything is the same but for where it stands.
  let shifted = [0, 0] + text
  let (alone, within) = (try? DataURL(text[...]).decoded(), try? DataURL(shifted[2...]).decoded())
  precondition(alone == within, "a URL within a text is read otherwise than alone")
  if let version = IgnitionVersion("3.4.0") { _ = try? RemoteURL(text[...], version: version) }
  return 0
}
