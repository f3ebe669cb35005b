import Foundation

/// A day is `DateComponents` with year, month and day, in the Gregorian calendar, without time and time zone. `CalendarDate` is
/// another name for it.
extension DateComponents {
    /// A day of the calendar: `.day(2026, 8, 25)`. A day that there is not, as 30 February, is refused by what takes it, with
    /// `E-VALUE-DATE`.
    public static func day(_ year: Int, _ month: Int, _ day: Int) -> DateComponents {
        DateComponents(year: year, month: month, day: day)
    }

    /// The day that it is at an instant, in a time zone.
    public static func day(at instant: Date, in timeZone: TimeZone) -> DateComponents {
        var gregorian = Calendar(identifier: .gregorian)
        gregorian.timeZone = timeZone
        let parts = gregorian.dateComponents([.year, .month, .day], from: instant)
        return DateComponents(year: parts.year, month: parts.month, day: parts.day)
    }

    /// The day as `2026-08-25`; `nil` where there is no such day.
    public var isoDay: String? {
        guard minzhengEpochDay != Self.noSuchDay, let year, let month, let day else { return nil }
        let padded = { (number: Int, width: Int) in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// What stands for a day that there is not: the library refuses it with words.
    static let noSuchDay = Int32.min

    // The two ways over the border, which the generated sources call. Plain arithmetic on the Gregorian calendar, as it would have
    // been before 1582 too: no `Calendar`, which knows other rules and a time zone. It cannot fail: an error would end the process.

    /// From the days since 1 January 1970.
    init(minzhengEpochDay days: Int32) {
        // counted from 1 March of the year 0, so that the leap day is the last of its year
        let sinceMarch = Int(days) + 719_468
        let era = (sinceMarch >= 0 ? sinceMarch : sinceMarch - 146_096) / 146_097
        let dayOfEra = sinceMarch - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        self.init(
            year: yearOfEra + era * 400 + (month < 10 ? 0 : 1),
            month: month < 10 ? month + 3 : month - 9,
            day: dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    /// The days since 1 January 1970; ``noSuchDay`` where year, month or day are missing or are no day from the year 1 to 9999.
    var minzhengEpochDay: Int32 {
        guard let year, let month, let day, (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return Self.noSuchDay
        }
        let fromMarch = month > 2 ? year : year - 1
        let era = fromMarch / 400
        let yearOfEra = fromMarch - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        // 31 April and 29 February of most years come back as another day
        let back = DateComponents(minzhengEpochDay: Int32(days))
        return back.month == month && back.day == day ? Int32(days) : Self.noSuchDay
    }
}
