import Foundation

extension MinzhengError {
    /// All that is wrong, the first problem among them.
    public var problems: [Problem] {
        switch self {
        case .Input(_, _, _, _, _, _, let all), .Pack(_, _, _, _, _, _, let all), .Table(_, _, _, _, _, _, let all): all
        }
    }

    /// The stable code of the first problem: `E-VALUE-DATE`.
    public var code: String {
        switch self {
        case .Input(let code, _, _, _, _, _, _), .Pack(let code, _, _, _, _, _, _), .Table(let code, _, _, _, _, _, _): code
        }
    }

    /// Where it is: inside the input, file and line of a pack, or table and column; empty where it is about the whole.
    public var path: String {
        switch self {
        case .Input(_, _, _, _, _, let path, _), .Pack(_, _, _, _, _, let path, _), .Table(_, _, _, _, _, let path, _): path
        }
    }

    /// What is wrong, in a language. It holds no personal data.
    public func text(_ lang: Lang) -> String {
        switch self {
        case .Input(_, let zh, let en, _, _, _, _), .Pack(_, let zh, let en, _, _, _, _), .Table(_, let zh, let en, _, _, _, _):
            lang == .zh ? zh : en
        }
    }

    /// What to do, in a language; empty where nothing can be said.
    public func help(_ lang: Lang) -> String {
        switch self {
        case .Input(_, _, _, let zh, let en, _, _), .Pack(_, _, _, let zh, let en, _, _), .Table(_, _, _, let zh, let en, _, _):
            lang == .zh ? zh : en
        }
    }
}

extension MinzhengError: LocalizedError {
    /// What is wrong, with its place and code, in the language of the user.
    public var errorDescription: String? {
        let lang = Lang.preferred()
        return "\(path.isEmpty ? "" : "\(path): ")\(text(lang)) [\(code)]"
    }

    /// What to do, in the language of the user.
    public var recoverySuggestion: String? {
        let help = help(.preferred())
        return help.isEmpty ? nil : help
    }
}

extension Problem {
    /// What is wrong, in a language.
    public func text(_ lang: Lang) -> String {
        lang == .zh ? textZh : textEn
    }

    /// What to do, in a language; empty where nothing can be said.
    public func help(_ lang: Lang) -> String {
        lang == .zh ? helpZh : helpEn
    }
}
