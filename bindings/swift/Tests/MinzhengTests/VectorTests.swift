import Foundation
import Minzheng
import Testing

/// The vectors that every language runs, from `tests/vectors` or the folder that `MINZHENG_VECTORS` names.
@Suite struct VectorTests {
    static let folder: URL = setting("VECTORS").map { URL(fileURLWithPath: $0) } ?? repository.appendingPathComponent("tests/vectors")

    /// The files below a folder, `FOLDER/NAME` each.
    static func files(_ area: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(area).path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { area + "/" + $0.dropLast(5) }
    }

    static func vectors(_ name: String) throws -> [JSON] {
        let list = try JSON(parsing: Data(contentsOf: folder.appendingPathComponent(name + ".json"))).items
        #expect(!list.isEmpty, "\(name) holds nothing")
        return list
    }

    /// Everything that lies there is run by one of the tests below.
    @Test func noFileIsForgotten() throws {
        let run = ["audit", "authorization", "gate", "warning", "catalog", "eligibility", "models", "verification", "published"]
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
        #expect(found == run.sorted())
        #expect(run.allSatisfy { !Self.files($0).isEmpty })
    }

    /// What compares the vectors tells apart what JSON tells apart.
    @Test func whatComparesThemCanFail() throws {
        #expect(try JSON(parsing: "[true,false]") != JSON(parsing: "[1,0]"))
        #expect(try JSON(parsing: "[0.1]") != JSON(parsing: "[0.10001]"))
        #expect(try JSON(parsing: #"{"a":1,"b":null}"#) == JSON(parsing: #"{"b":null,"a":1}"#))
        #expect(Self.same("2113.00/month", "2113/month") && !Self.same("2113.00/month", "2113/year") && !Self.same("yes", "no"))
    }

    /// A call and its answer; of an error the code and path of every finding.
    @Test(arguments: ["audit", "authorization", "gate", "warning"].flatMap(files))
    func callsAnswerAsWritten(_ name: String) throws {
        for vector in try Self.vectors(name) {
            let call = try #require(vector["call"])
            let found = try answer(call)
            var brief = found["error"].map { ["error": .array(Self.findings($0).map { [$0.code, $0.path] })] } ?? found["ok"] ?? .null
            // pages are long: of them a vector holds that there is one
            if case .object(var fields) = brief, let page = fields["html"]?.text, page.contains("<svg"), page.hasSuffix("</html>\n") {
                fields["html"] = "…"
                brief = .object(fields)
            }
            #expect(brief.written == vector["answer"]?.written, "\(name) \(Self.id(vector))")
        }
    }

    /// A call and its whole answer.
    @Test(arguments: files("catalog"))
    func wholeAnswersAreAsWritten(_ name: String) throws {
        for vector in try Self.vectors(name) {
            let request = try #require(vector["request"])
            #expect(try answer(request).written == vector["answer"]?.written, "\(name) \(Self.id(vector))")
        }
    }

    /// A household and the values that follow from it: the programmes, their conditions, the warning models, and formulas on the way.
    @Test(arguments: ["eligibility", "models"].flatMap(files))
    func householdsAreDecidedAsExpected(_ name: String) throws {
        for vector in try Self.vectors(name) {
            let id = Self.id(vector)
            let input = try #require(vector["input"])
            let expected = try #require(vector["expect"]).fields.sorted { $0.key < $1.key }
            // the call that the vector is about answers
            let call = try #require(vector["call"])
            #expect(try answer(["call": call, "household": input])["ok"] != nil, "\(name) \(id)")
            let household = try Household.fromJson(text: input.written)
            let values = try engine.values(household: household, names: expected.map { Self.name($0.key) })
            for ((path, wanted), found) in zip(expected, values) {
                let words = wanted.text ?? wanted.written
                let same = found.map { Self.same($0.word, words) } ?? false
                #expect(same, "\(name) \(id) \(path): wanted \(words), found \(found?.word ?? "nothing")")
            }
        }
    }

    /// `person.p1.counted` is of a row, `dibao/income` and `dibao.amount` are the household's.
    static func name(_ path: String) -> ValueName {
        let parts = path.split(separator: ".", maxSplits: 2).map(String.init)
        let isOfPerson = parts.count == 3 && parts[0] == "person"
        return isOfPerson ? ValueName(id: parts[2], row: parts[1]) : ValueName(id: path, row: nil)
    }

    /// A verification file with what is adopted, how it stands and why, or what refuses it.
    @Test(arguments: files("verification"))
    func checksComeOutAsExpected(_ name: String) throws {
        for vector in try Self.vectors(name) {
            let id = Self.id(vector)
            let file = try #require(vector["verification"])
            let found = try answer(["call": "verify", "verification": file, "assess": true])
            if let code = vector["error"] {
                let findings = Self.findings(found["error"] ?? .null)
                #expect(findings.contains { $0.code == code && $0.path == vector["path"] }, "\(name) \(id): \(findings)")
                continue
            }
            let report = found["ok"]?["report"] ?? .null
            #expect(found["ok"]?["assessment"]?.fields.isEmpty == false, "\(name) \(id): \(found["error"]?.written ?? "")")
            let lines = (report["ledgers"]?.items ?? []).flatMap { $0["lines"]?.items ?? [] }
            for (path, wanted) in vector["expect"]?.fields ?? [:] {
                let parts = path.split(separator: ".", maxSplits: 1).map { JSON.string(String($0)) }
                let (person, fact): (JSON?, JSON) = parts.count == 2 ? (parts[0], parts[1]) : (nil, parts[0])
                let line = lines.first { $0["fact"] == fact && ($0["person"] ?? .null) == (person ?? .null) }
                let said: JSON = [
                    line?["adopted"]?["value"] ?? .null, line?["adopted"]?["status"] ?? .null, line?["reason"] ?? .null,
                    line?["difference"]?["grade"] ?? .null,
                ]
                #expect(said == wanted, "\(name) \(id) \(path)")
            }
            let uncovered = (report["sources"]?.items ?? []).filter { ($0["uncovered"] ?? .null) != .null }
            let triple = { (s: JSON) -> JSON in [s["person"] ?? .null, s["item"] ?? .null, s["uncovered"]?["refusal"] ?? .null] }
            if let refused = vector["refused"] {
                #expect(.array(uncovered.map(triple)) == refused, "\(name) \(id)")
            }
            if let unused = vector["not_used"] {
                #expect(.array(uncovered.filter { $0["uncovered"]?["came_in"] == true }.map(triple)) == unused, "\(name) \(id)")
            }
        }
    }

    static func id(_ vector: JSON) -> String {
        vector["id"]?.text ?? "without id"
    }

    /// The first finding of an error and the others.
    static func findings(_ error: JSON) -> [(code: JSON, path: JSON)] {
        ([error] + (error["more"]?.items ?? [])).map { ($0["code"] ?? .null, $0["path"] ?? .null) }
    }

    /// Equal words, or equal amounts written with and without fen.
    static func same(_ found: String, _ wanted: String) -> Bool {
        if found == wanted { return true }
        let parts = { (words: String) -> (Decimal, Substring)? in
            let halves = words.split(separator: "/", maxSplits: 1)
            guard let amount = halves.first, amount.allSatisfy({ $0.isNumber || $0 == "." || $0 == "-" }) else { return nil }
            return Decimal(string: String(amount)).map { ($0, halves.count == 2 ? halves[1] : "") }
        }
        guard let a = parts(found), let b = parts(wanted) else { return false }
        return a.0 == b.0 && a.1 == b.1
    }
}
