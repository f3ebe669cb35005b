import Foundation
import Minzheng

/// One engine over the built-in packs for all tests: it serves many threads.
let engine: Engine = {
    do { return try Engine() } catch { fatalError("the built-in packs do not load: \(error)") }
}()

/// A call as JSON, and its answer.
func answer(_ request: JSON) throws -> JSON {
    try JSON(parsing: engine.call(request: request.written))
}

/// What the environment says; the name stands without its beginning `MINZHENG_`.
func setting(_ name: String) -> String? {
    ProcessInfo.processInfo.environment["MINZHENG_" + name]
}

/// The top of the repository: where this file stands says it, unless the environment does.
let repository: URL = setting("REPOSITORY").map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..").standardizedFileURL

func file(_ path: String) throws -> Data {
    try Data(contentsOf: repository.appendingPathComponent(path))
}

func text(_ path: String) throws -> String {
    String(decoding: try file(path), as: UTF8.self)
}

/// The error that something is refused with; `nil` where it is not refused.
func refusal<T>(_ make: () throws -> T) -> MinzhengError? {
    do {
        _ = try make()
        return nil
    } catch {
        // what is no `MinzhengError` came from the border itself, and is no error of the input
        return error as? MinzhengError ?? MinzhengError.Input(
            code: "not typed", textZh: "", textEn: "\(error)", helpZh: "", helpEn: "", path: "", all: [])
    }
}
