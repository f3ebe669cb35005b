import Foundation

extension Assessment {
    /// The outcome of a programme: `assessment.programme("dibao")`, of one person `assessment.programme("old_age", of: "p1")`.
    /// `nil` where the programme was not in force on the day, or is not of this kind.
    public func programme(_ id: String, of person: String? = nil) -> ProgrammeOutcome? {
        programmes.first { $0.id == id && $0.person == person }
    }

    /// Whether the answer rests on facts that are declared and not verified yet.
    public var isProvisional: Bool {
        !provisional.isEmpty
    }
}

extension Figure {
    /// The amount, where it is one and known.
    public var money: Money? {
        lowest == highest ? lowest : nil
    }
}

extension Engine {
    /// Makes a JSON call with types of your own. The page on the JSON call names the calls and their fields.
    ///
    /// ```swift
    /// struct Search: Encodable { let call = "catalog_search"; let text: String }
    /// struct Found: Decodable { let total: Int }
    /// let found = try engine.ask(Search(text: "火化"), for: Found.self)
    /// ```
    ///
    /// - Throws: ``MinzhengError`` for what the call finds; what `JSONEncoder` and `JSONDecoder` throw.
    public func ask<Answer: Decodable>(_ request: some Encodable, for answer: Answer.Type) throws -> Answer {
        let text = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
        return try JSONDecoder().decode(answer, from: Data(try ask(request: text).utf8))
    }
}
