package cn.minzheng

import com.sun.management.OperatingSystemMXBean
import java.io.File
import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.time.LocalDate
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * Eight threads on one engine: no crash, the same answers, and memory that does not grow. `-Dload=N` is N thousandths of the full size,
 * which is 800,000 calls over bytes and 80,000 with records.
 */
class LoadTest {
    private val thousandths = System.getProperty("minzheng.load").toInt()
    private val threads = 8

    /** Memory of the process in use, in MiB. */
    private fun resident(): Long {
        System.gc()
        Thread.sleep(200)
        System.gc()
        val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
        return line.filter { it.isDigit() }.toLong() / 1024
    }

    /** CPU time of the process, in nanoseconds. */
    private fun cpu(): Long = (ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean).processCpuTime

    /** Does the work on every thread, a tenth of it first; how much memory grew over the rest. */
    private fun grown(each: Int, work: () -> String): Long {
        val pool = Executors.newFixedThreadPool(threads)
        try {
            fun run(times: Int) {
                val all = (1..threads).map { pool.submit(Callable { (1..times).mapTo(HashSet()) { work() } }) }
                assertEquals(1, all.flatMapTo(HashSet()) { it.get() }.size)
            }
            run(maxOf(each / 10, 1))
            val before = resident()
            val (begun, spent) = System.nanoTime() to cpu()
            run(each)
            val calls = each.toLong() * threads
            val rate = calls * 1_000_000_000L / maxOf(System.nanoTime() - begun, 1L)
            val micros = (cpu() - spent) / 1_000 / calls
            val after = resident()
            println("$calls calls, $micros µs of CPU each, $rate a second, $before MiB before, $after MiB after")
            return after - before
        } finally {
            pool.shutdownNow()
        }
    }

    @Test
    fun `packs are read again and again`() {
        val rounds = 2 + thousandths / 50
        val times = (1..rounds).map {
            val begun = cpu()
            Engine().use { assertEquals(3, it.packs().size) }
            (cpu() - begun) / 1_000
        }
        println("reading all packs: ${times.min()} µs of CPU at best of $rounds")
    }

    @Test
    fun `calls over bytes`() {
        val engine = Repository.engine
        val text = """{"call":"assess","household":${Repository.household("low-income-family").use { it.toJson() }}}"""
        val bytes = text.toByteArray()
        val request = ByteBuffer.allocateDirect(bytes.size).apply { put(bytes); flip() }
        val growth = grown(100 * thousandths) { engine.callBytes(request.duplicate()).contentHashCode().toString() }
        assertTrue(growth < 64, "grew by $growth MiB")
    }

    @Test
    fun `calls with records`() {
        val engine = Repository.engine
        val person = Person("p1", relation = "self", facts = listOf(Fact("wage", FactValue.PerMonth(Money(60_000)))))
        val facts = HouseholdFacts(LocalDate.of(2026, 8, 25), place = "159921", facts = listOf(Fact("hukou", FactValue.Word("urban"))), persons = listOf(person))
        val growth = grown(10 * thousandths) { engine.assess(facts).receipt.output }
        assertTrue(growth < 64, "grew by $growth MiB")
    }
}
