@file:JvmName("Minzheng")
@file:JvmMultifileClass

package cn.minzheng

/** Everything that is wrong, the first problem first. */
val MinzhengException.problems: List<Problem>
    get() = when (this) {
        is MinzhengException.Input -> all
        is MinzhengException.Pack -> all
        is MinzhengException.Table -> all
    }

/** The stable code of the first problem, as `E-VALUE-DATE`. */
val MinzhengException.errorCode: String
    get() = when (this) {
        is MinzhengException.Input -> code
        is MinzhengException.Pack -> code
        is MinzhengException.Table -> code
    }

/** The place of the first problem: inside the input, or file and line of a pack. */
val MinzhengException.errorPath: String
    get() = when (this) {
        is MinzhengException.Input -> path
        is MinzhengException.Pack -> path
        is MinzhengException.Table -> path
    }

/** What is wrong, in a language. It holds no personal data. */
fun MinzhengException.text(lang: Lang): String = problems.firstOrNull()?.text(lang) ?: ""

/** What to do, in a language; empty where nothing can be said. */
fun MinzhengException.help(lang: Lang): String = problems.firstOrNull()?.help(lang) ?: ""

/** What is wrong, in a language. */
fun Problem.text(lang: Lang): String = if (lang == Lang.ZH) textZh else textEn

/** What to do, in a language; empty where nothing can be said. */
fun Problem.help(lang: Lang): String = if (lang == Lang.ZH) helpZh else helpEn
