import NodeTesting
import Testing

@testable import MachineIntent

/// Laws over generated input; the generator is seeded, so that a failure repeats.
@Suite struct PropertyTests {
  private static func object(_ number: Int, _ generator: inout SeededGenerator) throws -> MachineConfigObject {
    let version = try #require(IgnitionVersion("3.2.0"))
    let at = SourceLocation(file: "\(number)", line: 1, column: 1)
    let url = try DataURL(Array("data:,\(number)".utf8)[...])
    func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
    func resource() -> IgnitionFile.Resource {
      IgnitionFile.Resource(
        source: maybe(.data(url)), sourceAt: at, compression: maybe("gzip"),
        hash: maybe(ContentHash(function: .sha512, digest: "\(number)")))
    }
    let paths = ["/a", "/b", "/c", "/d"].shuffled(using: &generator)
    let files = paths.prefix(Int.random(in: 0...3, using: &generator)).map { path in
      IgnitionFile(
        path: path, at: at, overwrite: maybe(Bool.random(using: &generator)), contents: resource(),
        append: (0..<Int.random(in: 0...2, using: &generator)).map { _ in resource() }, mode: maybe(number), modeAt: at,
        user: .init(id: maybe(UInt32(number)), name: maybe("\(number)")),
        group: .init(id: maybe(UInt32(number)), name: maybe("\(number)")))
    }
    let links = paths.suffix(1).filter { _ in Bool.random(using: &generator) }
    return MachineConfigObject(
      name: "\(number)", at: at,
      config: IgnitionConfig(
        version: version, files: files, links: links.map { .init(path: $0, at: at) }))
  }

  @Test func mergingIsAssociative() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let files = try (1...3).map { number -> IgnitionFile in
        while true {
          if let file = try Self.object(number, &generator).config?.files.first { return file }
        }
      }
      var (one, two, three) = (files[0], files[1], files[2])
      (one.path, two.path, three.path) = ("/a", "/a", "/a")
      let left = one.merged(with: two).merged(with: three)
      let right = one.merged(with: two.merged(with: three))
      #expect(String(describing: left) == String(describing: right))
    }
  }

  @Test func mergingWithNothingChangesNothing() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<500 {
      let object = try Self.object(1, &generator)
      let empty = MachineConfigObject(name: "none", at: object.at, config: nil)
      func described(_ objects: [MachineConfigObject]) -> [String] {
        MergedConfig(objects).files.map { "\($0)" }
      }
      #expect(described([object, empty]) == described([object]))
      #expect(described([empty, object]) == described([object]))
    }
  }

  private static let seeds: [[UInt8]] = [
    BuiltinIntent.document.bytes, GzipFixture.machineConfig, Array(GzipFixture.machineConfigBase64.utf8),
    Array(
      Intent.machineConfig(
        "- {path: /etc/modprobe.d/a.conf, mode: 0644, append: [{source: 'data:,b'}], "
          + "contents: {source: \"data:;a=\\\"b\\\";base64,c2N0cA==\", verification: {hash: sha512-1}}}"
      ).utf8),
    Array(#"{"ignition":{"version":"3.2.0"},"storage":{"files":[{"path":"/etc/modprobe.d/a.conf","mode":4.2}]}}"#.utf8),
    Array("a: &a [1, *a]\nb: {<<: *a}\nc: !!binary x\nd: |\n  kind: MachineConfig\n".utf8),
  ]

  @Test func noInputCrashesAReader() {
    var generator = SeededGenerator(seed: 3)
    for round in 0..<3000 {
      var bytes = Self.seeds[round % Self.seeds.count]
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 9))
        }
      }
      let reading = IntentReader.read([IntentDocument(name: "f", bytes: bytes)])
      #expect((reading.state == nil) == reading.issues.contains { $0.severity == .error })
      _ = IntentReader.lint([IntentDocument(name: "f", bytes: bytes)])
      _ = try? ManagedConfiguration.read(path: "f", bytes: bytes)
      _ = try? DataURL(bytes[...]).decoded()
    }
  }
}
