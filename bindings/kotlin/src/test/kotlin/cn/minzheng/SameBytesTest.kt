package cn.minzheng

import com.google.gson.JsonParser
import java.io.File
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Random households have the same answer, byte for byte, as in Rust: `cargo xtask ci kotlin` writes the calls and the answers. */
class SameBytesTest {
    private val folder = File(System.getProperty("minzheng.calls"))

    @Test
    fun `answers are those of Rust`() {
        val engine = Repository.engine
        var many = 0
        File(folder, "calls.jsonl").bufferedReader().use { calls ->
            File(folder, "answers.jsonl").bufferedReader().use { answers ->
                calls.forEachLine { call ->
                    val wanted = answers.readLine() ?: throw AssertionError("no answer to call $many")
                    assertEquals(wanted, engine.call(call), "call $many")
                    assertArrayEquals(wanted.toByteArray(), engine.callBytes(call.toByteArray()), "call $many over bytes")
                    many += 1
                }
                assertEquals(null, answers.readLine())
            }
        }
        println("$many calls with the bytes of Rust")
        assertTrue(many > 0)
    }

    /** The vectors of `tests/vectors/published`: Rust turns their words into households and holds its answers to what was published. */
    @Test
    fun `published cases come out as in Rust`() {
        val nation = listOf(BuiltInPack.NATION)
        var many = 0
        Engine.withPacks(nation, emptyList()).use { engine ->
            File(folder, "published.jsonl").forEachLine { line ->
                val vector = JsonParser.parseString(line).asJsonObject
                val id = vector["id"].asString
                if (vector.has("pack")) {
                    val files = listOf(packFile("pack.toml", vector["pack"].asString))
                    val found = try {
                        Engine.withPacks(nation, listOf(files)).use { emptyList<String>() }
                    } catch (refused: MinzhengException.Pack) {
                        refused.problems.map { it.code }
                    }
                    assertEquals(vector["codes"].asJsonArray.map { it.asString }, found, id)
                } else {
                    assertEquals(vector["answer"].asString, engine.call(vector["call"].asString), id)
                }
                many += 1
            }
        }
        println("$many published vectors")
        assertTrue(many > 50)
    }
}
