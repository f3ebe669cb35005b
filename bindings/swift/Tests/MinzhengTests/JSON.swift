import Foundation

/// JSON as the tests read and write it. Numbers keep every digit; the order of keys says nothing.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Decimal)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// Reads a text; throws what Foundation finds wrong with it.
    init(parsing data: Data) throws {
        self.init(foundation: try JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed]))
    }

    init(parsing text: String) throws {
        try self.init(parsing: Data(text.utf8))
    }

    private init(foundation any: Any) {
        switch any {
        case let text as String: self = .string(text)
        case let fields as [String: Any]: self = .object(fields.mapValues { JSON(foundation: $0) })
        case let items as [Any]: self = .array(items.map { JSON(foundation: $0) })
        case let number as NSNumber where JSON.isBool(number): self = .bool(number.boolValue)
        case let number as NSNumber: self = .number(number.decimalValue)
        default: self = .null
        }
    }

    /// Foundation keeps yes and no as numbers of a type of their own.
    private static func isBool(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == String(cString: NSNumber(value: true).objCType)
    }

    /// The value of a key, or of a place in a list; `nil` where there is none.
    subscript(key: String) -> JSON? {
        if case .object(let fields) = self { fields[key] } else { nil }
    }

    subscript(place: Int) -> JSON? {
        if case .array(let items) = self, items.indices.contains(place) { items[place] } else { nil }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var items: [JSON] {
        if case .array(let items) = self { items } else { [] }
    }

    var fields: [String: JSON] {
        if case .object(let fields) = self { fields } else { [:] }
    }

    var whole: Int? {
        if case .number(let number) = self { Int("\(number)") } else { nil }
    }

    /// As text, keys in the order of the alphabet.
    var written: String {
        switch self {
        case .null: "null"
        case .bool(let yes): yes ? "true" : "false"
        case .number(let number): "\(number)"
        case .string(let text): JSON.quoted(text)
        case .array(let items): "[" + items.map(\.written).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.sorted { $0.key < $1.key }.map { JSON.quoted($0.key) + ":" + $0.value.written }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20: out += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral text: String) { self = .string(text) }
    init(arrayLiteral items: JSON...) { self = .array(items) }
    init(dictionaryLiteral fields: (String, JSON)...) { self = .object(Dictionary(fields) { $1 }) }
    init(booleanLiteral yes: Bool) { self = .bool(yes) }
    init(integerLiteral number: Int) { self = .number(Decimal(number)) }
    init(nilLiteral: ()) { self = .null }
}
