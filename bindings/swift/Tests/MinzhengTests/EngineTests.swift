import Foundation
import Minzheng
import Testing

/// What a phone and a server do with one household, one request, one alert.
@Suite struct EngineTests {
    static func family() throws -> Household {
        try Household.fromToml(text: text("examples/data/low-income-family.toml"))
    }

    /// The records say what the JSON call says.
    @Test func recordsAreTheAnswerOfTheCall() throws {
        let household = try Self.family()
        let assessment = try engine.assess(household: household)
        let call = try answer(["call": "assess", "household": JSON(parsing: household.toJson())])["ok"] ?? .null
        let programmes = call["programmes"]?.items ?? []
        #expect(assessment.programmes.count == programmes.count && !programmes.isEmpty)
        for (record, json) in zip(assessment.programmes, programmes) {
            #expect(record.id == json["id"]?.text)
            #expect(record.person == json["person"]?.text)
            #expect(record.title.zh == json["title"]?["zh"]?.text)
            #expect(record.amount?.word == json["amount"]?.text)
            #expect(record.amount?.money?.fen == (json["amount_fen"]?.whole).map(Int64.init))
            #expect(record.firstMonth?.isoDay == json["first_month"]?.text)
        }
        #expect(assessment.missing.map(\.id) == (call["missing"]?.items ?? []).compactMap { $0["id"]?.text })
        #expect(assessment.receipt.output == call["receipt"]?["output"]?.text)
        let dibao = try #require(assessment.programme("dibao"))
        #expect(dibao.verdict == .eligible)
        #expect(try #require(dibao.amount?.money) > .zero)
        #expect(assessment.programme("old_age") == nil, "of a person, not of the household")
        #expect(assessment.programme("old_age", of: "p1")?.verdict == .notEligible)
    }

    /// Ask the first, put the answer in, ask again: until the programme is decided, and nothing is asked in vain.
    @Test func aPhoneAsksOnlyWhatCanChangeTheAnswer() throws {
        var household = try Household.of(
            facts: HouseholdFacts(on: .day(2026, 8, 25), place: "159921", persons: [Person(id: "p1", relation: "self")]))
        let open = try engine.missing(household: household, programme: "old_age", person: "p1")
        #expect(open.contains { $0.id == "birth" && $0.row == "p1" })
        household = try household.learnt(fact: Fact("birth", .day(value: .day(1990, 5, 1))), person: "p1")
        #expect(try engine.assess(household: household).programme("old_age", of: "p1")?.verdict == .notEligible)
        #expect(try engine.missing(household: household, programme: "old_age", person: "p1").isEmpty)
        #expect(refusal { try household.learnt(fact: Fact("birth", .day(value: .day(1990, 5, 1))), person: "p9") }?.code == "E-ROW-LINK")
    }

    @Test func factsAreWrittenAsTheyAreSaid() throws {
        let facts: [Fact] = [
            Fact("hukou", "urban"), Fact("members_complete", true), Fact("houses", 1),
            Fact("deposits", .amount(value: try Money(yuan: "5000")), source: "BNK", asOf: .day(2026, 8, 1)),
            Fact("securities", .askedNone), Fact("vehicles", .unknown(status: .pending, reason: "asked on Monday")),
        ]
        let household = try Household.of(
            facts: HouseholdFacts(
                on: .day(2026, 8, 25), place: "159921", defaultStatus: .verified, facts: facts,
                persons: [Person(id: "p1", relation: "self")]))
        let kept = try JSON(parsing: household.toJson())["household"] ?? .null
        #expect(kept["hukou"]?.text == "urban" || kept["hukou"]?["value"]?.text == "urban")
        #expect(kept["deposits"]?["source"] == "BNK")
        #expect(kept["deposits"]?["as_of"] == "2026-08-01")
        #expect(kept["vehicles"]?["status"] == "pending")
        #expect(try engine.assess(household: household).programme("dibao")?.verdict == .undetermined)
    }

    @Test func whyIsToldInTwoLanguages() throws {
        let explanation = try engine.explain(household: Self.family(), programme: "dibao")
        #expect(explanation.text(lang: .zh).contains("低保"))
        #expect(explanation.html(lang: .en).contains("<"))
        #expect(try JSON(parsing: explanation.json())["schema"] == "minzheng/explanation/2")
        #expect(refusal { try engine.explain(household: Self.family(), programme: "dibo") }?.code == "E-PROGRAMME-NAME")
    }

    @Test func aHigherStandardChangesTheAmount() throws {
        let raised = FigureSetting(parameter: "standard.dibao", value: "900/month", keys: [KeyValue(key: "hukou", value: "urban")])
        let changes = try engine.simulate(household: Self.family(), figures: [raised])
        let dibao = try #require(changes.first { $0.id == "dibao" })
        #expect(dibao.changed)
        #expect(try #require(dibao.after.amount?.money) > (try #require(dibao.before.amount?.money)))
    }

    @Test func figuresAreCited() throws {
        #expect(engine.params().contains("standard.dibao"))
        let standard = try engine.param(id: "standard.dibao", on: .day(2026, 8, 25))
        #expect(standard.rows.contains { $0.place == "159921" && $0.status == "invented" })
        #expect(refusal { try engine.param(id: "standard.dibo") }?.code == "E-OVERLAY-NAME")
    }

    @Test func sourcesAreHeldBesideTheDeclaration() throws {
        let check = try engine.verifyToml(text: text("examples/data/verification-family.toml"))
        #expect(!check.adoptions().isEmpty)
        #expect(try JSON(parsing: check.reportJson())["schema"] == "minzheng/verification-report/1")
        #expect(try engine.assess(household: check.household()).programmes.isEmpty == false)
    }

    @Test func modelsPointAtSuspicions() throws {
        let text = """
            on = 2026-08-25
            [[person]]
            id = "p1"
            alive = false
            death_certified = { value = true, source = "death_certificate", as_of = 2026-08-01 }
            died_on = { value = 2026-05-03, source = "death_certificate", as_of = 2026-08-01 }
            dibao_recipient = { value = true, source = "subsidy_payment", as_of = 2026-07-31 }
            """
        let warnings = try engine.warn(household: Household.fromToml(text: text))
        let hit = try #require(warnings.hits.first { $0.model == "c01_dead_on_dibao" })
        #expect(hit.sentence.en.contains("2026-05-03"))
        #expect(refusal { try engine.warn(household: Household.fromToml(text: text), model: "c99") }?.code == "E-WARNING-NONE")
    }

    @Test func theCatalogueIsSearched() throws {
        let found = try engine.catalogSearch(query: CatalogQuery(text: "火化", limit: 2))
        #expect(found.hits.first?.id == "cremation")
        struct Search: Encodable { let call = "catalog_search", text: String }
        struct Found: Decodable { let total: UInt32 }
        #expect(try engine.ask(Search(text: "火化"), for: Found.self).total == found.total)
    }

    @Test func anAlertGoesItsWay() throws {
        struct Reconcile: Encodable {
            struct Answer: Encodable {
                struct Of: Encodable { let household = "h1", model = "b23", subject = "p1" }
                struct Within: Encodable { let hours = 24 }
                let of = Of(), outcome = "hit", place = "150123", direction = "safety", level = "red", within = Within(), quiet_days = 7
            }
            let call = "alert_reconcile", on = "2026-08-25", alerts: [String] = [], answers = [Answer()]
        }
        let request = String(decoding: try JSONEncoder().encode(Reconcile()), as: UTF8.self)
        let issued = try JSON(parsing: engine.ask(request: request))["alerts"]?[0]?["alert"] ?? .null
        var alert = try engine.alert(alertJson: issued.written)
        #expect(alert.state == "issued")
        let step = AlertStep(on: .day(2026, 8, 26), by: "u1", act: .dispatch(to: "office-3"))
        alert = try engine.alertStep(alertJson: alert.json, step: step)
        #expect(alert.state == "dispatched")
        let early = AlertStep(on: .day(2026, 8, 25), by: "u1", act: .close(code: "not_fit", reason: "moved away"))
        #expect(refusal { try engine.alertStep(alertJson: alert.json, step: early) }?.code.hasPrefix("E-ALERT-") == true)
    }

    @Test func theGateDecides() throws {
        let decision = try engine.gate(caseJson: text("examples/data/gate/check.json"))
        #expect(decision.denied == nil)
        #expect(!decision.fields.isEmpty)
    }

    /// One engine and one household in many tasks at once: both are `Sendable`.
    @Test func tasksShareAnEngine() async throws {
        let household = try Self.family()
        let alone = try engine.assess(household: household)
        let all = try await withThrowingTaskGroup(of: Assessment.self) { group in
            for _ in 0..<8 { group.addTask { try engine.assess(household: household) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.count == 8 && all.allSatisfy { $0 == alone })
    }

    @Test func whatCrossesTasksIsSendable() {
        func crosses<T: Sendable>(_: T.Type) {}
        crosses(Engine.self)
        crosses(Household.self)
        crosses(Explanation.self)
        crosses(Assessment.self)
        crosses(Warnings.self)
        crosses(Money.self)
        crosses(MinzhengError.self)
    }
}
