@file:JvmName("Minzheng")
@file:JvmMultifileClass

package cn.minzheng

import java.math.BigDecimal

/** The amount in yuan, with two places. */
val Money.yuan: BigDecimal
    get() = BigDecimal.valueOf(fen, 2)

/**
 * This number of yuan as money. Nothing is rounded.
 *
 * @throws MinzhengException `E-VALUE-NUMBER` where it has more than two places, or is too large
 */
@Throws(MinzhengException::class)
fun BigDecimal.toMoney(): Money {
    // a number with thousands of places is not written out: what is written with an exponent is refused
    val isPlain = scale() in -32..64 && precision() <= 96
    return moneyOfYuan(if (isPlain) toPlainString() else toString())
}

/** Compares two amounts. */
operator fun Money.compareTo(other: Money): Int = fen.compareTo(other.fen)

/** The exact sum; an [ArithmeticException] where no amount holds it. */
operator fun Money.plus(other: Money): Money = Money(Math.addExact(fen, other.fen))

/** The exact difference; an [ArithmeticException] where no amount holds it. */
operator fun Money.minus(other: Money): Money = Money(Math.subtractExact(fen, other.fen))

/** The words in a language. */
fun Words.of(lang: Lang): String = when (lang) {
    Lang.ZH -> zh
    Lang.EN -> en
}

/** The amount, where it is one and known. */
val Figure.money: Money?
    get() = lowest?.takeIf { it == highest }
