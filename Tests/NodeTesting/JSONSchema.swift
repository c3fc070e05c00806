internal import FoundationEssentials

/// Any JSON value.
indirect enum JSONValue: Decodable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  subscript(key: String) -> JSONValue? { if case .object(let members) = self { members[key] } else { nil } }

  var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

  var text: String? { if case .string(let text) = self { text } else { nil } }
}

/// The part of JSON Schema that `status.schema.json` uses. Stricter than the standard: a key that the schema does not
/// name is an error, so that the schema stays complete.
package struct JSONSchema {
  private let root: JSONValue

  /// The schema of `/status`: deploy/status.schema.json.
  package static func status() throws -> Self {
    // …/Tests/NodeTesting/JSONSchema.swift
    let repository = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return try Self(Data(contentsOf: URL(filePath: "/\(repository)/deploy/status.schema.json")))
  }

  private init(_ data: Data) throws { root = try JSONDecoder().decode(JSONValue.self, from: data) }

  /// Each finding with its place; empty: the document is valid.
  package func findings(_ document: [UInt8]) throws -> [String] {
    findings(try JSONDecoder().decode(JSONValue.self, from: Data(document)), root, "$")
  }

  private func findings(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    if let reference = schema["$ref"]?.text {
      guard let target = root["$defs"]?[String(reference.dropFirst(8))] else { return ["\(place): no \(reference)"] }
      return findings(value, target, place)
    }
    var found: [String] = []
    if let type = schema["type"]?.text, !Self.isA(type, value) { return ["\(place) is not of type \(type)"] }
    if let constant = schema["const"], constant != value { found.append("\(place) is not \(constant)") }
    if let allowed = schema["enum"], !allowed.elements.contains(value) { found.append("\(place): \(value)") }
    if case .number(let minimum)? = schema["minimum"], case .number(let number) = value, number < minimum {
      found.append("\(place) is below \(minimum)")
    }
    if case .number(let maximum)? = schema["maxItems"], Double(value.elements.count) > maximum {
      found.append("\(place) has more than \(maximum) items")
    }
    if let pattern = schema["pattern"]?.text, let text = value.text,
      (try? Regex(pattern).firstMatch(in: text)) == nil
    {
      found.append("\(place): '\(text)' does not match \(pattern)")
    }
    for required in schema["required"]?.elements.compactMap(\.text) ?? [] where value[required] == nil {
      found.append("\(place).\(required) is missing")
    }
    if let choices = schema["anyOf"]?.elements, !choices.contains(where: { findings(value, $0, place).isEmpty }) {
      found += choices.flatMap { findings(value, $0, place) }
    }
    if let items = schema["items"] {
      for (index, element) in value.elements.enumerated() { found += findings(element, items, "\(place)[\(index)]") }
    }
    if case .object(let members) = value, let properties = schema["properties"] {
      for (key, member) in members.sorted(by: { $0.key < $1.key }) {
        if let property = properties[key] {
          found += findings(member, property, "\(place).\(key)")
        } else if schema["type"] != nil {
          found.append("\(place).\(key) is not in the schema")
        }
      }
    }
    return found
  }

  private static func isA(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
      ("object", .object):
      true
    case ("integer", .number(let number)): number == number.rounded()
    default: false
    }
  }
}
