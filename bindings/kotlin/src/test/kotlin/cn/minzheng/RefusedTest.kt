package cn.minzheng

import java.math.BigDecimal
import java.nio.ByteBuffer
import java.nio.charset.Charset
import java.time.LocalDate
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What is wrong is a typed exception with code, words in two languages and a place; the library can be used further. */
class RefusedTest {
    private val engine = Repository.engine
    private val day = LocalDate.of(2026, 8, 25)

    private inline fun <reified T : MinzhengException> refused(code: String, path: String? = null, crossinline work: () -> Unit): T {
        val found = assertThrows(MinzhengException::class.java) { work() }
        assertTrue(found is T, "$found")
        assertEquals(code, found.errorCode)
        if (path != null) assertEquals(path, found.errorPath)
        assertFalse(found.text(Lang.ZH).isEmpty() || found.text(Lang.EN).isEmpty())
        assertTrue(found.text(Lang.ZH).any { it > '\u2e7f' }, found.text(Lang.ZH))
        assertEquals(found.problems.first().code, code)
        assertTrue(found.toString().startsWith(code), "$found")
        return found as T
    }

    @Test
    fun `a pack with a syntax error`() {
        val broken = listOf(packFile("pack.toml", "[pack]\nid = \"x"))
        val found = refused<MinzhengException.Pack>("E-PACK-TOML") { Engine.loadPack(broken) }
        assertEquals("pack.toml:2", found.path)
        assertTrue(lintPack(broken).any { it.severity == Severity.ERROR && it.problem.code == "E-PACK-TOML" && it.problem.line == 2u })
    }

    @Test
    fun `a pack that is not UTF-8`() {
        val bytes = "title = \"低保\"".toByteArray(Charset.forName("GB18030"))
        refused<MinzhengException.Pack>("E-API-TEXT", "pack.toml") { Engine.loadPack(listOf(PackFile("pack.toml", bytes))) }
    }

    @Test
    fun `a call that is not UTF-8`() {
        val bytes = "{\"call\": \"低保\"}".toByteArray(Charset.forName("GB18030"))
        refused<MinzhengException.Input>("E-API-TEXT") { engine.callBytes(bytes) }
        // a half of a character that has two
        assertThrows(Exception::class.java) { engine.call("{\"call\": \"\ud800\"}") }
    }

    @Test
    fun `bytes that are no table`() {
        val people = ByteArray(0)
        for (bytes in listOf(people, byteArrayOf(1, 2, 3), "ARROW1\u0000\u0000nothing".toByteArray(), ByteArray(4096) { -1 })) {
            val found = assertThrows(MinzhengException::class.java) { engine.decideTables(bytes, people, TableOptions(on = day)) }
            // a library built for phones has no tables, and says so
            if (found.errorCode != "E-TABLE-BUILD") refused<MinzhengException.Table>("E-FILE-FORMAT", "households") { throw found }
        }
    }

    @Test
    fun `a day that there is not`() {
        for (bad in listOf(LocalDate.MIN, LocalDate.MAX, LocalDate.of(0, 12, 31), LocalDate.of(10_000, 1, 1))) {
            refused<MinzhengException.Input>("E-VALUE-DATE") { Household.of(HouseholdFacts(bad)) }
            refused<MinzhengException.Input>("E-VALUE-DATE") { engine.param("standard.dibao", on = bad) }
        }
        assertEquals(LocalDate.of(1, 1, 1), engine.assess(HouseholdFacts(LocalDate.of(1, 1, 1))).on)
        assertEquals(LocalDate.of(9999, 12, 31), engine.assess(HouseholdFacts(LocalDate.of(9999, 12, 31))).on)
        refused<MinzhengException.Input>("E-DOC-TOML") { Household.fromToml("on = 2026-02-30") }
        refused<MinzhengException.Input>("E-VALUE-DATE", "person[0].birth") {
            engine.assess(Household.fromJson("""{"on":"2026-08-25","person":[{"id":"p1","birth":"2026-02-30"}]}"""))
        }
    }

    @Test
    fun `a number with too many places or digits`() {
        for (bad in listOf("0.001", "92233720368547758.08", "1E+40", "1E+2000000000", "1E-2000000000")) {
            refused<MinzhengException.Input>("E-VALUE-NUMBER") { BigDecimal(bad).toMoney() }
        }
        for (bad in listOf("", "one", "1,000", "NaN", "１")) refused<MinzhengException.Input>("E-VALUE-NUMBER") { moneyOfYuan(bad) }
        refused<MinzhengException.Input>("E-VALUE-NUMBER", "household.deposits") {
            engine.assess(Household.fromJson("""{"on":"2026-08-25","household":{"deposits":"1.005"}}"""))
        }
        refused<MinzhengException.Input>("E-FACT-RANGE", "household.deposits") {
            engine.assess(HouseholdFacts(day, facts = listOf(Fact("deposits", FactValue.Amount(Money(-1))))))
        }
    }

    @Test
    fun `words that nobody knows`() {
        val found = refused<MinzhengException.Input>("E-FACT-NAME", "household.hukuo") {
            engine.assess(HouseholdFacts(day, facts = listOf(Fact("hukuo", FactValue.Word("urban")))))
        }
        assertEquals("did you mean `hukou`?", found.help(Lang.EN))
        assertEquals("是否指 `hukou`？", found.help(Lang.ZH))
        refused<MinzhengException.Input>("E-VALUE-CODE", "household.hukou") {
            engine.assess(HouseholdFacts(day, facts = listOf(Fact("hukou", FactValue.Word("moon")))))
        }
        val household = Repository.household("low-income-family")
        refused<MinzhengException.Input>("E-PROGRAMME-NAME") { engine.explain(household, "dibo") }
        refused<MinzhengException.Input>("E-PROGRAMME-NAME") { engine.missing(household, "dibo") }
        refused<MinzhengException.Input>("E-OVERLAY-NAME") { engine.param("standard.dibo") }
        refused<MinzhengException.Input>("E-OVERLAY-NAME") { engine.simulate(household, listOf(FigureSetting("standard.dibo", "1/month"))) }
        refused<MinzhengException.Input>("E-WARNING-NONE") { engine.warn(household, "c99") }
        refused<MinzhengException.Input>("E-CATALOG-NONE") { engine.catalogShow("nothing", day) }
        refused<MinzhengException.Input>("E-API-SHAPE", "grade") { engine.catalogSearch(CatalogQuery(grade = 9u)) }
        refused<MinzhengException.Input>("E-ROW-LINK") { household.learnt(Fact("wage", FactValue.AskedNone), person = "p9") }
        assertEquals(listOf(null), engine.values(household, listOf(ValueName("nothing"))))
    }

    @Test
    fun `numbers of documents`() {
        refused<MinzhengException.Input>("E-ID-CHECK") { ResidentNumber.parse("110105194912310021") }
        refused<MinzhengException.Input>("E-ID-LENGTH") { ResidentNumber.parse("1101") }
        val person = Person("p1", identity = ResidentNumber.parse("11010519491231002X"), facts = listOf(Fact("birth", FactValue.Day(LocalDate.of(1950, 1, 1)))))
        val found = refused<MinzhengException.Input>("E-ID-CONTRADICTION", "person[0].birth") {
            engine.assess(HouseholdFacts(day, persons = listOf(person)))
        }
        assertFalse("19491231" in found.toString() + found.message, "$found")
    }

    @Test
    fun `calls and records that are none`() {
        refused<MinzhengException.Input>("E-API-JSON") { engine.ask("{") }
        refused<MinzhengException.Input>("E-API-CALL") { engine.ask("""{"call":"asess"}""") }
        refused<MinzhengException.Input>("E-API-KEY") { engine.ask("""{"call":"version","x":1}""") }
        refused<MinzhengException.Input>("E-API-SHAPE") { engine.ask("[]") }
        refused<MinzhengException.Input>("E-API-JSON") { engine.gate("nothing") }
        refused<MinzhengException.Input>("E-GATE-SHAPE") { engine.gate("{}") }
        refused<MinzhengException.Input>("E-API-JSON", "alert") { engine.alert("nothing") }
        refused<MinzhengException.Input>("E-ALERT-SHAPE") { engine.alert("{}") }
        refused<MinzhengException.Input>("E-DOC-JSON") { Household.fromJson("{") }
        refused<MinzhengException.Input>("E-DOC-JSON") { Household.fromJson("[".repeat(100_000)) }
        refused<MinzhengException.Input>("E-DOC-DATE") { engine.assess(Household.fromToml("")) }
        refused<MinzhengException.Input>("E-REQUEST-SHAPE") { engine.verifyToml("on = 2026-08-25") }
        assertTrue(engine.call("[".repeat(100_000)).startsWith("{\"error\":{\"code\":\"E-API-JSON\""))
    }

    @Test
    fun `misuse in the language itself`() {
        assertThrows(IllegalArgumentException::class.java) { engine.callBytes(ByteBuffer.wrap("{}".toByteArray())) }
        val closed = Household.of(HouseholdFacts(day))
        closed.close()
        assertThrows(IllegalStateException::class.java) { engine.assess(closed) }
        assertEquals("""{"ok":{"version":"${libraryVersion()}"}}""", engine.call("""{"call":"version"}"""))
    }
}
