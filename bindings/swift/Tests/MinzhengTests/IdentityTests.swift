import Foundation
import Minzheng
import Testing

/// The answers of Rust, byte by byte. `MINZHENG_CALLS` names a folder that the program `calls` of `minzheng-tests` wrote.
@Suite(.enabled(if: setting("CALLS") != nil)) struct IdentityTests {
    /// Random households: those that are decided, and those that are refused.
    @Test func randomHouseholdsAnswerAsInRust() throws {
        let count = try compare(engine, "calls", "answers")
        print("\(count) random calls answered with the same bytes")
        #expect(count > 0)
    }

    /// The published vectors, which Rust holds against what was published, explained by the national pack alone.
    @Test func publishedHouseholdsAreExplainedAsInRust() throws {
        let nation = try Engine.withPacks(builtIn: [.nation], above: [])
        let count = try compare(nation, "published", "published-answers")
        print("\(count) published households explained with the same bytes")
        #expect(count > 100)
    }

    /// The published questions on who may set a figure: a pack that loads, or the codes it is refused for.
    @Test func whoMaySetAFigure() throws {
        let lines = try Lines("\(#require(setting("CALLS")))/packs.jsonl")
        var count = 0
        while let line = lines.next() {
            let question = try JSON(parsing: line)
            let pack = PackFile(path: "pack.toml", bytes: Data((question["pack"]?.text ?? "").utf8))
            let error = refusal { try Engine.withPacks(builtIn: [.nation], above: [[pack]]) }
            #expect((error?.problems ?? []).map { JSON.string($0.code) } == question["codes"]?.items)
            count += 1
        }
        #expect(count > 3)
    }

    /// Tables as Arrow's own bytes, in and out.
    @Test func tablesAreDecidedAsInRust() throws {
        let folder = URL(fileURLWithPath: try #require(setting("CALLS")))
        let read = { (name: String) in try Data(contentsOf: folder.appendingPathComponent(name + ".arrow")) }
        let options = TableOptions(on: .day(2026, 8, 25), status: .verified)
        let decided = try engine.decideTables(households: read("households"), people: read("people"), records: [], options: options)
        #expect(decided.setAside == 0 && decided.findings.isEmpty)
        #expect(decided.tables.map(\.name) == ["households", "people"])
        for table in decided.tables {
            let same = try table.bytes == read("decided-" + table.name)
            #expect(same, "\(table.name) is decided with other bytes")
        }
    }

    private func compare(_ engine: Engine, _ calls: String, _ answers: String) throws -> Int {
        let folder = try #require(setting("CALLS"))
        let asked = try Lines("\(folder)/\(calls).jsonl")
        let wanted = try Lines("\(folder)/\(answers).jsonl")
        var count = 0
        var different = 0
        while let call = asked.next() {
            let answer = wanted.next()
            count += 1
            if try engine.callBytes(request: call) != answer {
                different += 1
                if different <= 3 { Issue.record("line \(count) of \(calls).jsonl is answered with other bytes") }
            }
        }
        #expect(wanted.next() == nil, "more answers than calls")
        #expect(different == 0, "\(different) of \(count) answers differ")
        return count
    }
}

/// The lines of a file, one after the other, without their ends: a file of gigabytes is never held whole.
final class Lines {
    private let stream: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var room = 0

    init(_ path: String) throws {
        guard let stream = fopen(path, "r") else { throw CocoaError(.fileReadNoSuchFile) }
        self.stream = stream
    }

    deinit {
        fclose(stream)
        free(buffer)
    }

    func next() -> Data? {
        let read = getline(&buffer, &room, stream)
        guard read > 0, let buffer else { return nil }
        let length = buffer[read - 1] == 10 ? read - 1 : read
        return Data(bytes: buffer, count: length)
    }
}
