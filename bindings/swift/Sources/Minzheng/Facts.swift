import Foundation

extension Fact {
    /// A fact by its id: `Fact("wage", .perMonth(value: Money(yuan: "2600")))`, `Fact("full_time_study", false)`.
    public init(
        _ id: String, _ value: FactValue, status: FactStatus? = nil, source: String? = nil, asOf: CalendarDate? = nil
    ) {
        self.init(id: id, value: value, status: status, source: source, asOf: asOf)
    }
}

extension FactValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// Yes or no.
    public init(booleanLiteral value: Bool) {
        self = .truth(value: value)
    }

    /// A number of things, days or months. Money is never written as a bare number.
    public init(integerLiteral value: Int64) {
        self = .count(value: value)
    }

    /// A word of a list of codes, the code of a place, or text.
    public init(stringLiteral value: String) {
        self = .word(value: value)
    }
}
