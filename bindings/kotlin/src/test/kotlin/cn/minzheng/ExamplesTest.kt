package cn.minzheng

import examples.FromJava
import examples.selfCheck
import java.time.LocalDate
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The programs of `examples/kotlin` and `examples/java`. */
class ExamplesTest {
    @Test
    fun `a self-check asks until it knows`() {
        val said = mutableListOf<String>()
        val answers = mutableMapOf("（date" to "1990-05-01", "（bool" to "是")
        selfCheck("old_age", LocalDate.of(2026, 8, 25), "159921", { answers.entries.firstOrNull { it.key in said.last() }?.value ?: "" }, { said += it })
        assertTrue(said.any { "NOT_ELIGIBLE" in it }, "$said")
    }

    @Test
    fun `nobody answers, and it is left open`() {
        val said = mutableListOf<String>()
        selfCheck("old_age", LocalDate.of(2026, 8, 25), "159921", { "" }, { said += it })
        assertTrue(said.any { "UNDETERMINED" in it }, "$said")
    }

    @Test
    fun `a class in Java`() {
        val family = FromJava.answer(Repository.engine, Repository.text("examples/data/low-income-family.toml"))
        assertTrue(Regex("(?m)^dibao ELIGIBLE \\d+\\.\\d\\d$").containsMatchIn(family), family)
        val refused = FromJava.answer(Repository.engine, "on = 2026-02-30")
        assertTrue(refused.startsWith("E-DOC-TOML: "), refused)
    }
}
