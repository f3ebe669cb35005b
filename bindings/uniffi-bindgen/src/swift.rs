//! Writes Swift sources, the C header and the module map from the built library.
#![forbid(unsafe_code)]

fn main() {
    uniffi::uniffi_bindgen_swift();
}
