import Foundation
import Minzheng
import Testing

/// Eight threads, many calls, and memory that does not grow. `MINZHENG_LOAD` is the number of calls with byte buffers; a tenth of
/// that are made with records. The gate makes few.
@Suite(.serialized) struct LoadTests {
    static let calls = setting("LOAD").flatMap(Int.init) ?? 1_600
    static let threads = 8
    /// What the allocator and the threads may keep.
    static let room = 48 << 20

    @Test func byteBuffers() throws {
        let family = try Household.fromToml(text: text("examples/data/low-income-family.toml")).toJson()
        let calls = [
            Data(#"{"call":"assess","household":\#(family)}"#.utf8),
            Data(#"{"call":"version"}"#.utf8),
            Data(#"{"call":"alert_due","on":"2026-09-25","within":{"working_days":10}}"#.utf8),
            Data(#"{"call":"assess","household":{"on":"2026-02-30"}}"#.utf8),
            Data(#"{"call":"assess""#.utf8),
            Data([0xb5, 0xcd]),
        ]
        let answers = calls.map { try? engine.callBytes(request: $0) }
        for (answer, wanted) in zip(answers, ["ok", "ok", "ok", "error", "error", nil]) {
            #expect(try answer.flatMap { try JSON(parsing: $0).fields.keys.first } == wanted)
        }
        try run("byte buffers", Self.calls) { number in
            // each thread makes every kind of call; the first one takes longest
            let turn = number / Self.threads
            let place = turn % 8 == 0 ? 0 : 1 + turn % 5
            return (try? engine.callBytes(request: calls[place])) == answers[place]
        }
    }

    @Test func records() throws {
        let family = try Household.fromToml(text: text("examples/data/low-income-family.toml"))
        let wanted = try engine.assess(household: family)
        try run("records", max(Self.calls / 10, 80)) { _ in
            (try? engine.assess(household: family)) == wanted
        }
    }

    /// Shares the calls among threads: once to warm up, then as many as are asked for.
    private func run(_ what: String, _ calls: Int, _ call: @escaping @Sendable (Int) -> Bool) throws {
        #expect(Self.wrong(in: max(calls / 10, Self.threads), call) == 0)
        let before = Self.resident()
        let begun = Date()
        #expect(Self.wrong(in: calls, call) == 0)
        let after = Self.resident()
        let seconds = String(format: "%.1f", Date().timeIntervalSince(begun))
        print("\(calls) calls with \(what) on \(Self.threads) threads: \(seconds) s, memory \(before >> 20) MB before, \(after >> 20) MB after")
        #expect(after - before < Self.room, "memory grew from \(before >> 20) MB to \(after >> 20) MB")
    }

    private static func wrong(in calls: Int, _ call: @escaping @Sendable (Int) -> Bool) -> Int {
        let tally = Tally()
        let done = DispatchGroup()
        for thread in 0..<threads {
            done.enter()
            Thread.detachNewThread {
                var wrong = 0
                for number in stride(from: thread, to: calls, by: threads) where !call(number) { wrong += 1 }
                tally.add(wrong)
                done.leave()
            }
        }
        done.wait()
        return tally.sum
    }

    /// Bytes of memory that the process holds; 0 where the system does not say.
    private static func resident() -> Int {
        let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

private final class Tally: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0

    func add(_ more: Int) { lock.withLock { value += more } }
    var sum: Int { lock.withLock { value } }
}
