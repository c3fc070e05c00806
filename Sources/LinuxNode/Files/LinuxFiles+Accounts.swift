import Glibc
package import Reconcile

extension LinuxFiles {
  package func userID(_ name: String) throws(FileFailure) -> UInt32? { try number(of: name, in: "passwd") }

  package func groupID(_ name: String) throws(FileFailure) -> UInt32? { try number(of: name, in: "group") }

  /// Returns the third field of the name's line: passwd(5), group(5).
  private func number(of name: String, in database: String) throws(FileFailure) -> UInt32? {
    for directory in ["/etc", "/usr/lib"] {
      guard let bytes = try read("\(directory)/\(database)", limit: Self.entryLimit) else { continue }
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count >= 3, fields[0].elementsEqual(name.utf8) else { continue }
        if let number = UInt32(String(decoding: fields[2], as: UTF8.self)) { return number }
      }
    }
    return nil
  }
}
