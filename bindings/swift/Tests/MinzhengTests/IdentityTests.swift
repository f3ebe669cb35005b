import Foundation
import Minzheng
import Testing

/// The answers of Rust, byte by byte. `MINZHENG_CALLS` names a folder that the program `calls` of `minzheng-tests` wrote.
@Suite(.enabled(if: setting("CALLS") != nil)) struct IdentityTests {
    /// Random households: those that are decided, and those that are refused.
    @Test func randomHouseholdsAnswerAsInRust() throws {
        let count = try compare("calls", "answers")
        print("\(count) calls answered with the same bytes")
        #expect(count > 0)
    }

    private func compare(_ calls: String, _ answers: String) throws -> Int {
        let folder = try #require(setting("CALLS"))
        let asked = try Lines("\(folder)/\(calls).jsonl")
        let wanted = try Lines("\(folder)/\(answers).jsonl")
        var count = 0
        var different = 0
        while let call = asked.next() {
            let answer = wanted.next()
            if try engine.callBytes(request: call) != answer {
                different += 1
                if different <= 3 { Issue.record("line \(count + 1) of \(calls).jsonl is answered with other bytes") }
            }
            count += 1
        }
        #expect(wanted.next() == nil, "more answers than calls")
        #expect(different == 0, "\(different) of \(count) answers differ")
        return count
    }
}

/// The lines of a file, one after the other, without their ends: a file of gigabytes is never held whole.
final class Lines {
    private let stream: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var room = 0

    init(_ path: String) throws {
        guard let stream = fopen(path, "r") else { throw CocoaError(.fileReadNoSuchFile) }
        self.stream = stream
    }

    deinit {
        fclose(stream)
        free(buffer)
    }

    func next() -> Data? {
        let read = getline(&buffer, &room, stream)
        guard read > 0, let buffer else { return nil }
        let length = buffer[read - 1] == 10 ? read - 1 : read
        return Data(bytes: buffer, count: length)
    }
}
