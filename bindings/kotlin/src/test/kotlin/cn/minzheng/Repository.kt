package cn.minzheng

import java.io.File

/** What the tests read. */
object Repository {
    val root = File(System.getProperty("minzheng.repository"))
    val engine: Engine by lazy { Engine() }

    fun text(path: String): String = File(root, path).readText()

    fun household(name: String): Household = Household.fromToml(text("examples/data/$name.toml"))
}
