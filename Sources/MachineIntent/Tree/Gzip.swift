private import CZlib

/// Unpacks gzip (RFC 1952), which may have several members.
enum Gzip {
  enum Failure: Error, Equatable {
    case corrupt, truncated, noMemory
    case tooLong(limit: Int)

    var reason: String {
      switch self {
      case .corrupt: "it is not gzip"
      case .truncated: "the gzip stream is cut off"
      case .noMemory: "not enough memory"
      case .tooLong(let limit): "it inflates to more than \(limit) bytes"
      }
    }
  }

  /// The first two bytes of every member.
  static let magic: [UInt8] = [0x1F, 0x8B]

  /// Returns the inflated bytes of all members. Throws if they are more than `limit`.
  static func inflate(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    final class Output { var bytes: [UInt8] = [] }
    let output = Output()
    let outcome = withExtendedLifetime(output) {
      bytes.withUnsafeBufferPointer { input in
        CZlib_gunzip(
          input.baseAddress, input.count, limit,
          { owner, piece, count in
            guard let owner else { return }
            let output = Unmanaged<Output>.fromOpaque(owner).takeUnretainedValue()
            output.bytes.append(contentsOf: UnsafeBufferPointer(start: piece, count: count))
          }, Unmanaged.passUnretained(output).toOpaque())
      }
    }
    switch outcome {
    case CZlib_done: return output.bytes
    case CZlib_tooLong: throw .tooLong(limit: limit)
    case CZlib_truncated: throw .truncated
    case CZlib_noMemory: throw .noMemory
    default: throw .corrupt
    }
  }
}
