package cn.minzheng

import com.google.gson.JsonArray
import com.google.gson.JsonElement
import com.google.gson.JsonNull
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import com.google.gson.JsonPrimitive
import java.io.File
import java.math.BigDecimal
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicContainer
import org.junit.jupiter.api.DynamicContainer.dynamicContainer
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/** The vectors that every language runs. */
class VectorsTest {
    private val engine = Repository.engine
    private val folder = File(Repository.root, "tests/vectors")

    @TestFactory
    fun vectors(): List<DynamicContainer> = folder.listFiles()!!.filter { it.isDirectory && it.name != "published" }.sorted().map { area ->
        val files = area.listFiles()!!.sorted().map { file ->
            val tests = JsonParser.parseString(file.readText()).asJsonArray.map { it.asJsonObject }.map { vector ->
                dynamicTest(vector["id"].asString) { run(area.name, vector) }
            }
            dynamicContainer(file.name, tests)
        }
        dynamicContainer(area.name, files)
    }

    private fun run(area: String, vector: JsonObject) = when (area) {
        "eligibility", "models" -> values(vector)
        "authorization", "gate", "audit", "warning" -> assertEquals(vector["answer"], brief(call(vector["call"])))
        "catalog" -> assertEquals(vector["answer"], call(vector["request"]))
        "verification" -> verification(vector)
        else -> throw AssertionError("nobody runs the vectors of $area")
    }

    private fun call(request: JsonElement): JsonObject = JsonParser.parseString(engine.call(request.toString())).asJsonObject

    /** Of an error what a vector holds: code and path of every problem. Of a page only that it is one. */
    private fun brief(answer: JsonObject): JsonElement {
        val error = answer["error"]?.asJsonObject
        if (error == null) {
            val ok = answer["ok"]
            if (ok is JsonObject && ok.has("html")) {
                assertTrue(ok["html"].asString.endsWith("</html>\n"))
                ok.addProperty("html", "…")
            }
            return ok
        }
        val codes = JsonArray()
        for (one in listOf<JsonElement>(error) + error["more"].asJsonArray) {
            codes.add(JsonArray().apply { add(one.asJsonObject["code"]); add(one.asJsonObject["path"]) })
        }
        return JsonObject().apply { add("error", codes) }
    }

    /** The values that a household should have: through the types, and the verdicts through JSON. */
    private fun values(vector: JsonObject) {
        val expect = vector["expect"].asJsonObject.entrySet()
        val names = expect.map { (path, _) -> name(path) }
        Household.fromJson(vector["input"].toString()).use { household ->
            val found = engine.values(household, names)
            for ((wanted, figure) in expect.zip(found)) {
                assertNotNull(figure, "nothing is called ${wanted.key}")
                assertTrue(same(figure!!.word, wanted.value.asString), "${wanted.key}: wanted ${wanted.value}, found ${figure.word}")
            }
            val typed = engine.assess(household)
            val request = JsonObject().apply { addProperty("call", "assess"); add("household", vector["input"]) }
            val answer = call(request)["ok"].asJsonObject
            assertEquals(answer["receipt"].asJsonObject["output"].asString, typed.receipt.output)
            val programmes = answer["programmes"].asJsonArray.map { it.asJsonObject }
            assertEquals(programmes.size, typed.programmes.size)
            for ((json, record) in programmes.zip(typed.programmes)) {
                assertEquals(json["id"].asString, record.id)
                assertEquals(json["verdict"].asString, record.verdict.name.lowercase())
                assertEquals(json["amount_fen"].orNull()?.asLong, record.amount?.money?.fen)
                assertEquals(json["review_date"].orNull()?.asString, record.reviewDate?.toString())
            }
            assertEquals(answer["missing"].asJsonArray.map { it.asJsonObject["id"].asString }, typed.missing.map { it.id })
        }
    }

    private fun JsonElement.orNull(): JsonElement? = takeUnless { it is JsonNull }

    /** `person.p1.wage_total` is of a person; whatever else has a stop is the household's. */
    private fun name(path: String): ValueName {
        val parts = path.split(".", limit = 3)
        val isBelow = parts.size == 3 && parts[0] in setOf("person", "obligor", "parent")
        return if (isBelow) ValueName(parts[2], parts[1]) else ValueName(path)
    }

    /** Equal words, or equal amounts written with and without fen. */
    private fun same(found: String, wanted: String): Boolean {
        fun amount(word: String) = Regex("(-?\\d+(?:\\.\\d+)?)(/\\w+)?").matchEntire(word)
            ?.let { (BigDecimal(it.groupValues[1]).setScale(2)) to it.groupValues[2] }
        return found == wanted || runCatching { amount(found)?.equals(amount(wanted)) }.getOrNull() == true
    }

    private fun verification(vector: JsonObject) {
        val text = vector["verification"].toString()
        val code = vector["error"]?.orNull()?.asString
        if (code != null) {
            val refused = assertThrows(MinzhengException::class.java) { engine.verifyJson(text) }
            assertTrue(refused.problems.any { it.code == code && it.path == vector["path"].asString }, "$refused")
            return
        }
        engine.verifyJson(text).use { found ->
            val adopted = found.adoptions().associateBy { it.person to it.fact }
            for ((path, wanted) in vector["expect"].asJsonObject.entrySet()) {
                val parts = path.split(".", limit = 2)
                val key = if (parts.size == 2) parts[0] to parts[1] else null to path
                val one = adopted[key] ?: throw AssertionError("no $path")
                val said = JsonArray().apply {
                    listOf(one.word, one.status, one.reason, one.difference).forEach { add(it?.let(::JsonPrimitive) ?: JsonNull.INSTANCE) }
                }
                assertEquals(wanted, said, path)
            }
            val plan = found.planJson()?.let { JsonParser.parseString(it).asJsonObject }
            if (vector.has("refused")) {
                val refused = plan!!["refused"].asJsonArray.map { it.asJsonObject }
                assertEquals(vector["refused"].asJsonArray.map { it.asJsonArray[0].asString to it.asJsonArray[1].asString },
                    refused.map { it["person"].asString to it["item"].asString })
            }
            val request = JsonObject().apply { addProperty("call", "verify"); add("verification", vector["verification"]) }
            val report = JsonParser.parseString(found.reportJson())
            assertEquals(call(request)["ok"].asJsonObject["report"], report)
        }
    }
}
