/// The user and the group that own a file, by number.
package struct Account: Hashable, Sendable {
  package let user: UInt32
  package let group: UInt32

  /// `root:root`.
  package static let root = Account(user: 0, group: 0)

  package init(user: UInt32, group: UInt32) {
    self.user = user
    self.group = group
  }
}
