package cn.minzheng

import com.sun.jna.Platform

/**
 * The native library behind all of this.
 *
 * It lies in the jar in a folder by the name of the machine, as `linux-x86-64/libminzheng_ffi.so`, and is found at the first call.
 * `-Djna.library.path=DIR` is looked at first, and `-Duniffi.component.minzheng.libraryOverride=FILE` names another library.
 */
object NativeLibrary {
    /** The folder of the jar that this machine reads. */
    val platform: String
        get() = Platform.RESOURCE_PREFIX

    /** Whether the jar holds a library for this machine. */
    val isInJar: Boolean
        get() = javaClass.classLoader.getResource("$platform/${System.mapLibraryName("minzheng_ffi")}") != null

    /**
     * Loads it now, and gives its version.
     *
     * A library that is of another version than these sources is refused by the checks of the generated code.
     *
     * @throws IllegalStateException where there is none for this machine, with what to do
     */
    fun load(): String = try {
        libraryVersion()
    } catch (missing: LinkageError) {
        val where = if (isInJar) "the library of the jar cannot be loaded" else "the jar has no library for $platform"
        throw IllegalStateException("$where; set -Djna.library.path to a folder that holds one", missing)
    }
}
