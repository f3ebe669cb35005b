import Foundation

extension Words {
    /// The words in a language: `programme.title[.zh]`.
    public subscript(_ lang: Lang) -> String {
        lang == .zh ? zh : en
    }
}

extension Lang {
    /// Chinese where the user prefers it to English, else English.
    public static func preferred(of languages: [String] = Locale.preferredLanguages) -> Lang {
        for language in languages.lazy.map({ $0.lowercased() }) {
            if language.hasPrefix("zh") { return .zh }
            if language.hasPrefix("en") { return .en }
        }
        return .en
    }
}
