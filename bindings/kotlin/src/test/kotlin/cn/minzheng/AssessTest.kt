package cn.minzheng

import java.math.BigDecimal
import java.time.LocalDate
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class AssessTest {
    private val engine = Repository.engine

    @Test
    fun `the library lies in the jar`() {
        assertTrue(NativeLibrary.isInJar)
        assertEquals(libraryVersion(), NativeLibrary.load())
        assertThrows(ClassNotFoundException::class.java) { Class.forName("kotlinx.coroutines.Job") }
    }

    @Test
    fun `a family is decided from its file`() {
        val answer = engine.assess(Repository.household("low-income-family"))
        assertEquals(LocalDate.of(2026, 8, 25), answer.on)
        assertNull(answer.knownOn)
        val dibao = answer.programmes.first { it.id == "dibao" }
        assertEquals(Verdict.ELIGIBLE, dibao.verdict)
        val amount = dibao.amount!!
        assertEquals(amount.lowest, amount.highest)
        assertTrue(amount.word.startsWith(amount.money!!.yuan.toPlainString()), amount.word)
        assertTrue(dibao.conditions.isNotEmpty() && dibao.conditions.all { it.holds == true }, "${dibao.conditions}")
        assertEquals(1, dibao.firstMonth!!.dayOfMonth)
        assertEquals(64, answer.receipt.input.length)
        assertEquals(listOf("cn", "cn-15", "demo"), answer.receipt.packs.map { it.id })
    }

    @Test
    fun `built from facts it is the same as from text`() {
        val facts = HouseholdFacts(
            on = LocalDate.of(2026, 8, 25),
            place = "159921",
            defaultStatus = FactStatus.VERIFIED,
            facts = listOf(
                Fact("hukou", FactValue.Word("urban")),
                Fact("members_complete", FactValue.Truth(true)),
                Fact("deposits", FactValue.Amount(BigDecimal("5000").toMoney()), source = "BNK", asOf = LocalDate.of(2026, 8, 1)),
                Fact("securities", FactValue.AskedNone),
                Fact("houses", FactValue.Count(1)),
            ),
            persons = listOf(
                Person(
                    "p1",
                    relation = "self",
                    identity = ResidentNumber.parse("11010519491231002X"),
                    facts = listOf(
                        Fact("wage", FactValue.PerMonth(Money(260_000))),
                        Fact("pension", FactValue.Unknown(FactStatus.PENDING, "asked on Monday")),
                    ),
                ),
            ),
        )
        val text = """
            on = 2026-08-25
            default_status = "verified"
            [household]
            registration_place = "159921"
            handling_place = "159921"
            hukou = "urban"
            members_complete = true
            deposits = { value = "5000", source = "BNK", as_of = 2026-08-01 }
            securities = { status = "none" }
            houses = 1
            [[person]]
            id = "p1"
            relation = "self"
            identity = "11010519491231002X"
            wage = "2600/month"
            pension = { status = "pending", reason = "asked on Monday" }
        """.trimIndent()
        val built = engine.assess(facts)
        val read = engine.assess(Household.fromToml(text))
        assertEquals(read.programmes, built.programmes)
        assertEquals(read.missing, built.missing)
        assertEquals(read.receipt.output, built.receipt.output)
    }

    @Test
    fun `a number is never shown`() {
        val person = Person("p1", identity = ResidentNumber.parse("11010519491231002X"))
        assertFalse("19491231" in person.toString(), person.toString())
        assertEquals("11**************2X", person.identity?.masked())
        assertEquals(LocalDate.of(1949, 12, 31), person.identity?.birthDate())
        val json = Household.of(HouseholdFacts(LocalDate.of(2026, 8, 25), persons = listOf(person))).toJson()
        assertFalse("11010519491231002X" in json, json)
    }

    @Test
    fun `questions end when nothing can change the answer`() {
        var household = Household.of(
            HouseholdFacts(LocalDate.of(2026, 8, 25), place = "159921", defaultStatus = FactStatus.VERIFIED, persons = listOf(Person("p1", relation = "self"))),
        )
        val asked = mutableListOf<String>()
        // who is found young has no old-age allowance, and is asked nothing more about it
        while (true) {
            val next = engine.missing(household, programme = "old_age", person = "p1").firstOrNull { it.kind == MissingKind.FACT } ?: break
            assertFalse(next.question.zh.isEmpty())
            asked += next.id
            val value = when (next.valueType) {
                "date" -> FactValue.Day(LocalDate.of(1990, 5, 1))
                "bool" -> FactValue.Truth(true)
                else -> FactValue.AskedNone
            }
            household = household.learnt(Fact(next.id, value), person = next.row)
            assertTrue(asked.size < 20, "$asked")
        }
        assertTrue("birth" in asked, "$asked")
        val verdict = engine.assess(household).programmes.first { it.id == "old_age" }.verdict
        assertEquals(Verdict.NOT_ELIGIBLE, verdict)
    }

    @Test
    fun `a figure that is set changes the answer`() {
        val changes = engine.simulate(
            Repository.household("low-income-family"),
            listOf(FigureSetting("standard.dibao", "900/month", listOf(KeyValue("hukou", "urban")))),
        )
        val dibao = changes.first { it.id == "dibao" }
        assertTrue(dibao.changed)
        assertTrue(dibao.after.amount!!.money!! > dibao.before.amount!!.money!!)
    }

    @Test
    fun `reasons are told in both languages`() {
        engine.explain(Repository.household("low-income-family"), "dibao").use { why ->
            assertTrue("第" in why.text(Lang.ZH), why.text(Lang.ZH))
            assertTrue("</" in why.html(Lang.EN))
            assertTrue(why.json().startsWith("{\"schema\":\"minzheng/explanation/2\""))
        }
    }

    @Test
    fun `figures come with their ground`() {
        assertTrue("standard.dibao" in engine.params())
        val standard = engine.param("standard.dibao", on = LocalDate.of(2026, 8, 25))
        assertEquals("money/month", standard.valueType)
        val demo = standard.rows.filter { it.place == "159921" }
        assertTrue(demo.isNotEmpty() && demo.all { it.status == "invented" }, "$demo")
        assertTrue(engine.param("standard.dibao", on = LocalDate.of(1990, 1, 1)).rows.isEmpty())
        val before = engine.param("standard.dibao", on = LocalDate.of(2026, 8, 25), knownOn = LocalDate.of(1990, 1, 1))
        assertTrue(before.rows.size < standard.rows.size, "$before")
    }

    @Test
    fun `a verification is read and its household decided`() {
        engine.verifyToml(Repository.text("examples/data/verification-family.toml")).use { found ->
            val adopted = found.adoptions()
            assertTrue(adopted.any { it.difference == "material" || it.difference == "minor" || it.difference == "existence" }, "$adopted")
            assertTrue(found.reportText(Lang.ZH).contains("核对"))
            assertTrue(found.reportJson().contains("minzheng/verification-report/1"))
            found.household().use { assertEquals(LocalDate.of(2026, 8, 25), engine.assess(it).on) }
        }
    }

    @Test
    fun `a dead recipient is pointed at`() {
        val household = Household.fromJson(
            """{"on":"2026-08-25","default_status":"verified","household":{"handling_place":"150121"},
               "person":[{"id":"p1","alive":false,"dibao_recipient":true,"death_certified":true,"died_on":"2026-05-03"}]}""",
        )
        val hit = engine.warn(household, model = "c01_dead_on_dibao").hits.single()
        assertEquals(Outcome.HIT, hit.outcome)
        assertEquals("p1", hit.person)
        assertTrue("2026-05-03" in hit.sentence.zh, hit.sentence.zh)
        assertTrue(hit.evidence.isNotEmpty())
    }

    @Test
    fun `the catalogue is searched and shown`() {
        val found = engine.catalogSearch(CatalogQuery(text = "火化", limit = 2u))
        assertTrue(found.total >= found.hits.size.toUInt())
        assertEquals("cremation", found.hits.first().id)
        assertTrue(engine.catalogShow("cremation", LocalDate.of(2026, 8, 25)).contains("\"fields\""))
        val rules = engine.ask("""{"call":"quality_rules","resource":"income_tax"}""")
        assertTrue(rules.startsWith("["), rules)
    }

    @Test
    fun `the gate decides field by field`() {
        val decision = engine.gate(Repository.text("examples/data/gate/check.json"))
        assertNull(decision.denied)
        assertTrue(decision.rows is GateRows.Subjects)
        assertTrue(decision.fields.isNotEmpty())
        assertTrue(decision.json.startsWith("{\"request\""))
    }

    @Test
    fun `money is exact`() {
        assertEquals(Money(211_300), BigDecimal("2113").toMoney())
        assertEquals(Money(211_300), BigDecimal("2113.000").toMoney())
        assertEquals(Money(-5), BigDecimal("-0.05").toMoney())
        assertEquals(BigDecimal("-0.05"), Money(-5).yuan)
        assertEquals(BigDecimal("92233720368547758.07"), Money(Long.MAX_VALUE).yuan)
        assertEquals(Money(Long.MAX_VALUE), Money(Long.MAX_VALUE).yuan.toMoney())
        assertEquals(Money(3), Money(1) + Money(2))
        assertThrows(ArithmeticException::class.java) { Money(Long.MAX_VALUE) + Money(1) }
        assertNotEquals(Money(1), Money(2))
    }
}
