/// Chooses which of a target's addresses a node proves: rendezvous hashing (Thaler and Ravishankar, 1998).
///
/// Each node ranks all addresses by a hash of its own name and the address, and takes the highest. When an address is
/// added or removed, at most one address of the choice changes, and each address is chosen by about the same number of
/// nodes. Nodes need not know each other.
package enum RendezvousChoice {
  /// Returns the addresses that the node proves, at most `limit`, in the order of the text. Each address counts once.
  package static func of(_ addresses: [String], by node: String, limit: Int) -> [String] {
    let distinct = Set(addresses)
    guard distinct.count > limit else { return distinct.sorted() }
    let name = Self.name(node)
    let ranked = distinct.map { (rank: rank(of: $0, after: name), address: $0) }
      .sorted { $0.rank != $1.rank ? $0.rank > $1.rank : $0.address > $1.address }
    return ranked.prefix(max(0, limit)).map(\.address).sorted()
  }

  /// Returns the same number on every platform and in every version: agents of different versions share the work.
  ///
  /// FNV-1a in 64 bits over the UTF-8 of the node's name, a zero byte and the UTF-8 of the address; then the finalizer
  /// of MurmurHash3, because FNV alone ranks addresses that differ in their last byte only much alike for all nodes.
  package static func rank(of address: String, for node: String) -> UInt64 { rank(of: address, after: name(node)) }

  /// Returns the hash of the node's name, which is the same for all addresses.
  private static func name(_ node: String) -> UInt64 {
    hash(CollectionOfOne(0), after: hash(node.utf8, after: 0xcbf2_9ce4_8422_2325))
  }

  private static func rank(of address: String, after name: UInt64) -> UInt64 {
    var hash = hash(address.utf8, after: name)
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }

  private static func hash(_ bytes: some Sequence<UInt8>, after start: UInt64) -> UInt64 {
    bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
