package cn.minzheng

import com.google.gson.JsonParser
import java.io.File
import java.time.LocalDate
import java.util.concurrent.FutureTask
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Random households have the same answer, byte for byte, as in Rust: `cargo xtask ci kotlin` writes the calls and the answers. */
class SameBytesTest {
    private val folder = File(System.getProperty("minzheng.calls"))

    @Test
    fun `answers are those of Rust`() {
        val many = compare(Repository.engine, "calls", "answers")
        println("$many calls with the bytes of Rust")
        assertTrue(many > 0)
    }

    /** The vectors of `tests/vectors/published`: Rust turns their words into households and holds its answers to what was published. */
    @Test
    fun `published cases come out as in Rust`() {
        val many = Engine.withPacks(nation, emptyList()).use { compare(it, "published", "published-answers") }
        println("$many published readings")
        assertTrue(many > 100)
    }

    /** Tables as Arrow's own bytes, in and out. The library of the tests is not optimised: the interpreter's one frame takes half a megabyte in it. */
    @Test
    fun `tables are decided as in Rust`() {
        fun read(name: String) = File(folder, "$name.arrow").readBytes()
        val options = TableOptions(on = LocalDate.of(2026, 8, 25), status = FactStatus.VERIFIED)
        val decided = withStack(16L shl 20) { Repository.engine.decideTables(read("households"), read("people"), options) }
        assertEquals(0uL to emptyList<TableFinding>(), decided.setAside to decided.findings)
        assertEquals(listOf("households", "people"), decided.tables.map { it.name })
        for (table in decided.tables) assertArrayEquals(read("decided-${table.name}"), table.bytes, table.name)
    }

    /** The published questions on who may set a figure: a pack that loads, or the codes it is refused for. */
    @Test
    fun `packs are refused as in Rust`() {
        var many = 0
        File(folder, "packs.jsonl").forEachLine { line ->
            val question = JsonParser.parseString(line).asJsonObject
            val files = listOf(packFile("pack.toml", question["pack"].asString))
            val found = try {
                Engine.withPacks(nation, listOf(files)).use { emptyList<String>() }
            } catch (refused: MinzhengException.Pack) {
                refused.problems.map { it.code }
            }
            assertEquals(question["codes"].asJsonArray.map { it.asString }, found, "question $many")
            many += 1
        }
        assertTrue(many > 3)
    }

    private val nation = listOf(BuiltInPack.NATION)

    private fun <T> withStack(bytes: Long, work: () -> T): T =
        FutureTask(work).also { Thread(null, it, "large stack", bytes).start() }.get()

    private fun compare(engine: Engine, calls: String, answers: String): Int {
        var many = 0
        File(folder, "$answers.jsonl").bufferedReader().use { wanted ->
            File(folder, "$calls.jsonl").forEachLine { call ->
                val answer = wanted.readLine() ?: throw AssertionError("no answer to call $many")
                assertEquals(answer, engine.call(call), "call $many")
                assertArrayEquals(answer.toByteArray(), engine.callBytes(call.toByteArray()), "call $many over bytes")
                many += 1
            }
            assertEquals(null, wanted.readLine())
        }
        return many
    }
}
