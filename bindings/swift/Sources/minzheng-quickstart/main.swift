// Decides the household of a file: swift run … minzheng-quickstart examples/data/low-income-family.toml
import Foundation
import Minzheng

guard CommandLine.arguments.count == 2 else {
    print("usage: minzheng-quickstart FILE, a household file in TOML")
    exit(2)
}

do {
    let text = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
    let engine = try Engine()
    let household = try Household.fromToml(text: text)
    let assessment = try engine.assess(household: household)
    let lang = Lang.preferred()

    for programme in assessment.programmes {
        let amount = programme.amount.map { ", " + $0.shown[lang] } ?? ""
        let person = programme.person.map { " (\($0))" } ?? ""
        print("\(programme.title[lang])\(person): \(programme.verdict)\(amount)")
    }
    // the question flow of a phone: ask the first, put its answer in with `learnt`, ask again
    if let next = try engine.missing(household: household).first {
        print("to be asked next: \(next.question[lang])")
    }
} catch let error as MinzhengError {
    for problem in error.problems {
        print("\(problem.path): \(problem.text(.preferred())) [\(problem.code)]")
    }
    exit(1)
} catch {
    print(error.localizedDescription)
    exit(1)
}
