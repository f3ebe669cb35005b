// swift-tools-version:6.0
import PackageDescription

// On Linux the Rust library is linked from a folder that the command line names: `-Xlinker -L<folder>`.
// On Apple's systems it comes in an XCFramework that `xcframework.sh` makes. The Swift sources are the same.
#if os(Linux)
let library: Target = .target(
    name: "MinzhengFFI",
    path: "Sources/MinzhengFFI",
    linkerSettings: [.linkedLibrary("minzheng_ffi")]
)
#else
let library: Target = .binaryTarget(name: "MinzhengFFI", path: "MinzhengFFI.xcframework")
#endif

let package = Package(
    name: "Minzheng",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "Minzheng", targets: ["Minzheng"])],
    targets: [
        library,
        .target(name: "Minzheng", dependencies: ["MinzhengFFI"], path: "Sources/Minzheng"),
        .executableTarget(name: "minzheng-quickstart", dependencies: ["Minzheng"], path: "Sources/minzheng-quickstart"),
        .testTarget(name: "MinzhengTests", dependencies: ["Minzheng"], path: "Tests/MinzhengTests"),
    ]
)
