// A self-check on the command line, as a phone would ask: only what can still change the answer.
package examples

import cn.minzheng.Engine
import cn.minzheng.Fact
import cn.minzheng.FactStatus
import cn.minzheng.FactValue
import cn.minzheng.Household
import cn.minzheng.HouseholdFacts
import cn.minzheng.MinzhengException
import cn.minzheng.MissingFact
import cn.minzheng.MissingKind
import cn.minzheng.Person
import cn.minzheng.help
import cn.minzheng.money
import cn.minzheng.moneyOfYuan
import cn.minzheng.text
import cn.minzheng.yuan
import java.time.LocalDate

/** The answer in words as a value; nothing: it is left unknown. */
fun answered(question: MissingFact, words: String): FactValue? = when {
    words.isEmpty() -> null
    question.valueType == "bool" -> FactValue.Truth(words == "是")
    question.valueType == "date" -> FactValue.Day(LocalDate.parse(words))
    question.valueType == "count" -> FactValue.Count(words.toLong())
    question.valueType == "money/month" -> FactValue.PerMonth(moneyOfYuan(words))
    question.valueType == "money/year" -> FactValue.PerYear(moneyOfYuan(words))
    question.valueType.startsWith("money") -> FactValue.Amount(moneyOfYuan(words))
    else -> FactValue.Word(words)
}

/** Asks about one programme until nothing can change its answer, or nobody answers. */
fun selfCheck(programme: String, on: LocalDate, place: String, read: () -> String?, say: (String) -> Unit) {
    Engine().use { engine ->
        val self = Person("p1", relation = "self")
        var household = Household.of(HouseholdFacts(on, place = place, defaultStatus = FactStatus.DECLARED, persons = listOf(self)))
        val skipped = mutableSetOf<Pair<String?, String>>()
        while (true) {
            val next = engine.missing(household, programme).firstOrNull {
                it.kind == MissingKind.FACT && "applicant" in it.answeredBy && (it.row to it.id) !in skipped
            } ?: break
            say("${next.question.zh}（${next.valueType}，不清楚请直接回车）")
            val words = read() ?: break
            try {
                when (val value = answered(next, words.trim())) {
                    null -> skipped += next.row to next.id
                    else -> household = household.learnt(Fact(next.id, value), person = next.row)
                }
            } catch (refused: MinzhengException) {
                say(refused.text(cn.minzheng.Lang.ZH) + "：" + refused.help(cn.minzheng.Lang.ZH))
            }
        }
        val answer = engine.assess(household)
        for (outcome in answer.programmes.filter { it.id == programme }) {
            val amount = outcome.amount?.money?.let { "，每月 ${it.yuan} 元" } ?: ""
            say("${outcome.title.zh}：${outcome.verdict}$amount")
        }
        if (answer.provisional.isNotEmpty()) say("以上结果以所填内容属实为前提，以经办机构审核为准。")
    }
}

fun main() = selfCheck("old_age", LocalDate.of(2026, 8, 25), "159921", ::readlnOrNull, ::println)
