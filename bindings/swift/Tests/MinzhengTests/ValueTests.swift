import Foundation
import Minzheng
import Testing

/// Money and days: exact both ways, and refused where they are not what they should be.
@Suite struct ValueTests {
    @Test(arguments: [
        (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (211_300, "2113.00"), (-123_456, "-1234.56"),
        (Int64.max, "92233720368547758.07"), (-Int64.max, "-92233720368547758.07"),
    ])
    func moneyIsItsYuan(fen: Int64, yuan: String) throws {
        let money = Money(fen: fen)
        #expect(money.description == yuan)
        #expect(money.yuan == Decimal(string: yuan))
        #expect(try Money(yuan: money.yuan) == money)
        #expect(try Money(yuan: yuan) == money)
    }

    /// Too many digits, before the point and after, and what is no number: nothing is rounded.
    @Test(arguments: [
        "0.001", "2113.105", "92233720368547758.08", "-92233720368547758.09", "99999999999999999999999999999999999999", "1e3", "", " 1",
        "１２", "12,5", "NaN",
    ])
    func moneyIsNotRounded(_ text: String) {
        #expect(refusal { try Money(yuan: text) }?.code == "E-VALUE-NUMBER")
    }

    @Test func decimalsAreNotRounded() throws {
        let many = try #require(Decimal(string: "0.3333333333333333333333333333333333"))
        #expect(refusal { try Money(yuan: many) }?.code == "E-VALUE-NUMBER")
        #expect(refusal { try Money(yuan: Decimal.nan) }?.code == "E-VALUE-NUMBER")
        #expect(refusal { try Money(yuan: Decimal.greatestFiniteMagnitude) }?.code == "E-VALUE-NUMBER")
        #expect(try Money(yuan: Decimal(1_000_000)) == Money(fen: 100_000_000))
        #expect(try Money(yuan: #require(Decimal(string: "12.50"))) == Money(fen: 1_250))
    }

    @Test func moneyIsCompared() {
        #expect([Money(fen: 3), Money(fen: -1), .zero].sorted() == [Money(fen: -1), .zero, Money(fen: 3)])
    }

    @Test func textThatIsNotASCIIIsNotAnAmount() {
        #expect(refusal { try moneyOfYuan(text: "٢") }?.code == "E-VALUE-NUMBER")
    }

    /// Every day of a household comes back as it went in.
    @Test(arguments: [
        DateComponents.day(1, 1, 1), .day(1600, 2, 29), .day(1900, 3, 1), .day(1969, 12, 31), .day(1970, 1, 1), .day(2000, 2, 29),
        .day(2026, 8, 25), .day(9999, 12, 31),
    ])
    func daysComeBack(_ day: DateComponents) throws {
        let household = try Household.of(facts: HouseholdFacts(on: day))
        #expect(try JSON(parsing: household.toJson())["on"]?.text == day.isoDay)
        if day.year == 2026 {
            #expect(try engine.assess(household: household).on == day)
        }
    }

    @Test func everyDayOfFourCenturiesIsOne() throws {
        // one day after another, without gap and without repetition
        var year = 1899, month = 12, day = 31
        var last = "1899-12-31"
        for _ in 0..<146_097 {
            let lengths = [31, year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            let iso = DateComponents.day(year, month, day).isoDay
            guard let iso, iso > last else {
                Issue.record("\(year)-\(month)-\(day) is told as \(iso ?? "no day") after \(last)")
                return
            }
            last = iso
        }
        #expect(last == "2299-12-31")
    }

    /// An impossible date is an error with its code and its words, never another day and never an abort.
    @Test(arguments: [
        DateComponents.day(2026, 2, 30), .day(2026, 2, 29), .day(1900, 2, 29), .day(2026, 4, 31), .day(2026, 13, 1), .day(2026, 0, 1),
        .day(2026, 1, 0), .day(2026, 1, -5), .day(0, 1, 1), .day(10_000, 1, 1), .day(Int.max, 1, 1), .day(2026, Int.min, 1),
        DateComponents(), DateComponents(year: 2026), DateComponents(month: 8, day: 25),
    ])
    func impossibleDaysAreRefused(_ day: DateComponents) throws {
        #expect(day.isoDay == nil)
        let error = try #require(refusal { try Household.of(facts: HouseholdFacts(on: day)) })
        #expect(error.code == "E-VALUE-DATE")
        #expect(!error.text(.zh).isEmpty && !error.text(.en).isEmpty)
        // deep inside a record too
        let fact = Fact("birth", .day(value: day))
        let person = Person(id: "p1", relation: "self", identity: nil, disabilityCard: nil, facts: [fact])
        #expect(refusal { try Household.of(facts: HouseholdFacts(on: .day(2026, 8, 25), persons: [person])) }?.code == "E-VALUE-DATE")
    }

    @Test func theDayDependsOnTheZone() throws {
        let instant = Date(timeIntervalSince1970: 1_787_680_800)  // 2026-08-25 18:00 in London's winter time
        #expect(DateComponents.day(at: instant, in: try #require(TimeZone(secondsFromGMT: 0))).isoDay == "2026-08-25")
        #expect(DateComponents.day(at: instant, in: try #require(TimeZone(secondsFromGMT: 8 * 3600))).isoDay == "2026-08-26")
    }

    @Test func languagesArePreferred() {
        #expect(Lang.preferred(of: ["zh-Hans-CN", "en"]) == .zh)
        #expect(Lang.preferred(of: ["fr", "en-GB", "zh"]) == .en)
        #expect(Lang.preferred(of: ["mn", "zh-Hans"]) == .zh)
        #expect(Lang.preferred(of: []) == .en)
        #expect(Words(zh: "低保", en: "dibao")[.zh] == "低保")
    }
}
