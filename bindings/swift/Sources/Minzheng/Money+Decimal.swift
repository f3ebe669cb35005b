import Foundation

extension Money {
    /// The amount in yuan, exactly.
    public var yuan: Decimal {
        Decimal(sign: fen < 0 ? .minus : .plus, exponent: -2, significand: Decimal(fen.magnitude))
    }

    /// An amount in yuan: `try Money(yuan: 2113)`. Nothing is rounded.
    ///
    /// Do not write a decimal with a point in source code: Swift reads `Decimal` literals through `Double`. Write
    /// `Money(yuan: "2113.10")`, or take the decimal from where it was exact.
    ///
    /// - Throws: ``MinzhengError``, `E-VALUE-NUMBER`, where it has more than two places, is too large, or is no number.
    public init(yuan: Decimal) throws {
        // as plain digits: `Decimal` writes every digit it holds, and never an exponent
        self = try moneyOfYuan(text: yuan.description)
    }

    /// An amount in yuan as it is written: `try Money(yuan: "2113.00")`. Nothing is rounded.
    ///
    /// - Throws: ``MinzhengError``, `E-VALUE-NUMBER`, where it has more than two places, is too large, or is no number.
    public init(yuan text: String) throws {
        self = try moneyOfYuan(text: text)
    }

    /// Nothing.
    public static let zero = Money(fen: 0)
}

extension Money: Comparable {
    /// Whether one amount is less than another.
    public static func < (one: Money, other: Money) -> Bool {
        one.fen < other.fen
    }
}

extension Money: CustomStringConvertible {
    /// The amount in yuan with two places: `2113.00`.
    public var description: String {
        let (whole, part) = fen.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(fen < 0 ? "-" : "")\(whole).\(part < 10 ? "0" : "")\(part)"
    }
}
