package cn.minzheng

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
}
