@file:JvmName("Minzheng")
@file:JvmMultifileClass

package cn.minzheng

import java.io.File
import java.nio.ByteBuffer

/**
 * Decides a household that is built from facts.
 *
 * @throws MinzhengException everything that is wrong with it at once, each with its path
 */
@Throws(MinzhengException::class)
fun Engine.assess(facts: HouseholdFacts): Assessment = Household.of(facts).use { assess(it) }

/**
 * Answers a JSON call over bytes. Who calls often keeps a direct buffer of its own and hands it over as it is.
 *
 * @throws MinzhengException `E-API-TEXT` where they are not UTF-8
 */
@Throws(MinzhengException::class)
fun Engine.callBytes(request: ByteArray): ByteArray = callBytes(direct(request))

/**
 * Decides tables that lie in arrays; see the function over buffers.
 *
 * @throws MinzhengException what is wrong with the tables
 */
@Throws(MinzhengException::class)
fun Engine.decideTables(
    households: ByteArray,
    people: ByteArray,
    options: TableOptions,
    records: List<TableBytes> = emptyList(),
): DecidedTables = decideTables(direct(households), direct(people), records, options)

/** A file of a pack from its text. */
fun packFile(path: String, text: String): PackFile = PackFile(path, text.toByteArray())

/** The files of a pack that lie in a folder. */
fun packFiles(folder: File): List<PackFile> = folder.walkTopDown()
    .filter { it.isFile && it.extension == "toml" }
    .map { PackFile(it.relativeTo(folder).invariantSeparatorsPath, it.readBytes()) }
    .sortedBy { it.path }
    .toList()

/** A copy that native code reads where it stands. */
private fun direct(bytes: ByteArray): ByteBuffer {
    val buffer = ByteBuffer.allocateDirect(bytes.size)
    buffer.put(bytes)
    // as a `Buffer`: the `flip` of `ByteBuffer` itself is not there in Java 8
    (buffer as java.nio.Buffer).flip()
    return buffer
}
