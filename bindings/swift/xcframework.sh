#!/usr/bin/env bash
# Makes MinzhengFFI.xcframework, the Rust library for iOS, its simulator and macOS, beside Package.swift.
#
# UNTESTED: it was written without a Mac. Not run yet are this script, the branch of Package.swift that takes the framework, and
# the library on Apple's systems. Tested on Linux are the Swift sources and tests, which are the same, and the same Rust code.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

missing() { echo "missing: $1" >&2; exit 1; }
[ "$(uname)" = Darwin ] || missing "macOS: only Xcode makes an XCFramework"
command -v xcodebuild > /dev/null || missing "Xcode (xcode-select --install is not enough)"
command -v rustup > /dev/null || missing "Rust by rustup (rustup.rs), for the libraries of the other systems"

out=bindings/swift/MinzhengFFI.xcframework
work=target/xcframework
rm -rf "$out" "$work"
mkdir -p "$work/sim" "$work/mac"

targets=(aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios aarch64-apple-darwin x86_64-apple-darwin)
rustup target add "${targets[@]}"
export IPHONEOS_DEPLOYMENT_TARGET=15.0 MACOSX_DEPLOYMENT_TARGET=12.0
for target in "${targets[@]}"; do
  cargo rustc --profile mobile --package minzheng-ffi --no-default-features --lib --target "$target" --crate-type staticlib
done

built() { echo "target/$1/mobile/libminzheng_ffi.a"; }
# one library for a system, whatever the processor
lipo -create "$(built aarch64-apple-ios-sim)" "$(built x86_64-apple-ios)" -output "$work/sim/libminzheng_ffi.a"
lipo -create "$(built aarch64-apple-darwin)" "$(built x86_64-apple-darwin)" -output "$work/mac/libminzheng_ffi.a"

headers=bindings/swift/Sources/MinzhengFFI/include
xcodebuild -create-xcframework \
  -library "$(built aarch64-apple-ios)" -headers "$headers" \
  -library "$work/sim/libminzheng_ffi.a" -headers "$headers" \
  -library "$work/mac/libminzheng_ffi.a" -headers "$headers" \
  -output "$out"
echo "made $out; now: swift test --package-path bindings/swift"
