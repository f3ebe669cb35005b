/* SwiftPM wants a source beside the header; the code is in the Rust library. */
