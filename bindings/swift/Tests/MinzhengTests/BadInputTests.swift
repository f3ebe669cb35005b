import Foundation
import Minzheng
import Testing

/// What cannot be read is refused with a code, words and a place. Nothing ends the process, and the engine goes on.
@Suite struct BadInputTests {
    static let badPacks: [String] = {
        let folder = repository.appendingPathComponent("tests/bad_packs")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix("E-") }.sorted()
    }()

    /// Every bad pack of the repository, among them each kind of syntax error.
    @Test(arguments: badPacks)
    func badPacksAreRefused(_ code: String) throws {
        var layers: [[PackFile]] = []
        var expected = ""
        for name in ["pack.toml", "above.toml"] {
            guard let bytes = try? file("tests/bad_packs/\(code)/\(name)") else { continue }
            layers.append([PackFile(path: name, bytes: bytes)])
            let second = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)[1]
            if second.hasPrefix("# expect ") { expected = String(second.dropFirst(9)) }
        }
        let error = try #require(refusal { try Engine.withPacks(builtIn: [], above: layers) })
        guard case .Pack = error else {
            Issue.record("\(code) is refused as something else than a pack: \(error)")
            return
        }
        let places = error.problems.map { problem in
            let name = problem.file.split(separator: "/").last.map(String.init) ?? "-"
            return "\(problem.code) \(name):\(problem.line):"
        }
        let wanted = expected.prefix { _ in true }.split(separator: ":").prefix(2).joined(separator: ":") + ":"
        #expect(places.contains(wanted), "\(code): wanted \(expected), found \(places)")
    }

    @Test func thereAreBadPacks() {
        #expect(Self.badPacks.count > 30)
    }

    @Test func aPackIsLookedOver() throws {
        let bad = try file("tests/bad_packs/E-EXPR-SYNTAX/pack.toml")
        let remarks = try lintPack(files: [PackFile(path: "pack.toml", bytes: bad)])
        #expect(remarks.contains { $0.severity == .error })
        let own = """
            [pack]
            id = "x"
            """
        #expect(try lintPack(files: [PackFile(path: "pack.toml", bytes: Data(own.utf8))]).contains { $0.severity == .error })
    }

    /// GB18030, a byte that begins nothing, half a character, and a byte order mark before a wrong one.
    static let notText: [Data] = [Data([0xb5, 0xcd, 0xb1, 0xa3]), Data([0xff]), Data([0x7b, 0xe4, 0xbd]), Data([0xef, 0xbb, 0xbf, 0xc0])]

    @Test(arguments: notText)
    func bytesThatAreNotTextAreRefused(_ bytes: Data) throws {
        let call = try #require(refusal { try engine.callBytes(request: bytes) })
        #expect(call.code == "E-API-TEXT")
        #expect(call.problems.count == 1)
        let pack = try #require(refusal { try Engine.loadPack(files: [PackFile(path: "a.toml", bytes: bytes)]) })
        #expect(pack.code == "E-API-TEXT")
        #expect(pack.path.contains("a.toml"))
    }

    /// No bytes, bytes of something else, a stream cut short, and one that states more than it holds.
    @Test(arguments: [
        Data(), Data([0]), Data("ARROW1".utf8), Data("PAR1PAR1".utf8), Data(repeating: 0xff, count: 64),
        Data([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), Data("ARROW1\0\0".utf8) + Data(repeating: 0x7f, count: 40),
    ])
    func buffersThatAreNoTablesAreRefused(_ bytes: Data) throws {
        let options = TableOptions(on: .day(2026, 8, 25))
        let error = try #require(refusal { try engine.decideTables(households: bytes, people: bytes, records: [], options: options) })
        guard case .Table = error else {
            Issue.record("not refused as a table: \(error)")
            return
        }
        #expect(error.code.hasPrefix("E-"))
    }

    @Test(arguments: [
        ("", "E-API-JSON"), ("{", "E-API-JSON"), ("[]", "E-API-SHAPE"), ("{}", "E-API-CALL"), (#"{"call":"nothing"}"#, "E-API-CALL"),
        (#"{"call":"version","more":1}"#, "E-API-KEY"), (#"{"call":7}"#, "E-API-SHAPE"), (#"{"call":"assess"}"#, "E-DOC-SHAPE"),
        (#"{"call":"assess","household":{"on":"2026-02-30"}}"#, "E-VALUE-DATE"),
        ("\u{0}", "E-API-JSON"), (String(repeating: "[", count: 100_000), "E-API-JSON"),
    ])
    func callsThatAreNoneAreRefused(_ request: String, _ code: String) throws {
        #expect(try JSON(parsing: engine.call(request: request))["error"]?["code"]?.text == code)
        #expect(try JSON(parsing: engine.callBytes(request: Data(request.utf8)))["error"]?["code"]?.text == code)
        #expect(refusal { try engine.ask(request: request) }?.code == code)
    }

    @Test(arguments: [
        ("on = 2026-02-30", "E-DOC-TOML"), ("on = ", "E-DOC-TOML"), ("on = 2026-08-25\non = 2026-08-25", "E-DOC-TOML"),
    ])
    func householdFilesAreRefused(_ text: String, _ code: String) {
        #expect(refusal { try Household.fromToml(text: text) }?.code == code)
    }

    /// Said when it is decided: all at once, each with its place.
    @Test func factsAreRefusedWithTheirPlace() throws {
        let text = """
            on = 2026-08-25
            [household]
            registration_place = "159921"
            deposits = "5000.001"
            houses = "two"
            nothing_like_this = true
            [[person]]
            id = "p1"
            birth = "1990-02-30"
            wage = { value = "99999999999999999999999", per = "month" }
            """
        let error = try #require(refusal { try engine.assess(household: Household.fromToml(text: text)) })
        let found = Set(error.problems.map { "\($0.code) \($0.path)" })
        for wanted in ["E-VALUE-NUMBER household.deposits", "E-FACT-NAME household.nothing_like_this", "E-VALUE-DATE person[0].birth",
            "E-VALUE-NUMBER person[0].wage"]
        {
            #expect(found.contains(wanted), "\(wanted) is not among \(found.sorted())")
        }
        #expect(error.problems.allSatisfy { !$0.text(.zh).isEmpty && !$0.text(.en).isEmpty })
    }

    /// No number of a person stands in an error, in a description or in the household that is kept.
    @Test func numbersOfPersonsAreNotShown() throws {
        let wrong = "11010519491231002Y"
        let error = try #require(refusal { try ResidentNumber.parse(text: wrong) })
        #expect(error.code.hasPrefix("E-ID-"))
        #expect(!"\(error) \(error.localizedDescription)".contains("110105194912"))
        let number = try ResidentNumber.parse(text: "11010519491231002X")
        #expect(!"\(number) \(String(reflecting: number)) \(number.masked())".contains("19491231"))
        #expect(try number.birthDate() == .day(1949, 12, 31))
        let person = Person(id: "p1", relation: nil, identity: number, disabilityCard: nil, facts: [])
        let household = try Household.of(facts: HouseholdFacts(on: .day(2026, 8, 25), persons: [person]))
        #expect(!household.toJson().contains("11010519491231002X"))
    }

    @Test func errorsSpeakToPeople() throws {
        let error = try #require(refusal { try Household.of(facts: HouseholdFacts(on: .day(2026, 2, 30))) })
        let description = try #require(error.errorDescription)
        #expect(description.contains("E-VALUE-DATE"))
        #expect(description == error.localizedDescription)
        #expect(error.recoverySuggestion?.isEmpty == false)
        #expect("\(error)".contains("E-VALUE-DATE"))
        #expect(error.text(.zh) != error.text(.en))
    }
}
