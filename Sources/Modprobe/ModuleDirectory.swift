/// Where the modules of each kernel and depmod's indexes of them stand: depmod(8).
package enum ModuleDirectory {
  /// The directory above them all.
  package static let all = "/lib/modules"

  /// That of a kernel, by the name that `uname -r` prints.
  package static func of(_ release: String) -> String { "\(all)/\(release)" }
}
