//! The same code for every machine, and with the widest instructions that this one has.
//!
//! A work is compiled once for every machine, and on x86-64 twice more: with 256 bits, and with 512 for processors that do not
//! slow down for them. What this machine has is found at run time.

/// What is compiled for wide instructions: all that its `run` calls must be inlined into it, and so must it.
pub(super) trait Work {
    /// What it gives.
    type Out;

    fn run(self) -> Self::Out;
}

/// Does a work with the widest instructions that this machine has.
pub(super) fn widely<W: Work>(work: W) -> W::Out {
    #[cfg(target_arch = "x86_64")]
    if let Some(copy) = x86::copy::<W>() {
        #[expect(
            unsafe_code,
            reason = "the one call that design section 4.3 allows: the instructions were found on the line above"
        )]
        // SAFETY: every feature that this copy is compiled with was detected just now
        return unsafe { copy(work) };
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Work;

    /// The copy of a work with the widest instructions that this machine has, where it has more than every machine.
    pub(super) fn copy<W: Work>() -> Option<unsafe fn(W) -> W::Out> {
        macro_rules! all {
            ($($feature:tt)*) => { true $(&& std::arch::is_x86_feature_detected!($feature))* };
        }
        if !all!("avx2" "bmi1" "bmi2" "popcnt" "lzcnt") {
            return None;
        }
        // counting bits in vectors came after the processors that clock down for 512 bits
        if all!("avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl" "avx512vpopcntdq") {
            return Some(bits_512);
        }
        Some(bits_256)
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
    fn bits_256<W: Work>(work: W) -> W::Out {
        work.run()
    }

    #[target_feature(
        enable = "avx2,bmi1,bmi2,popcnt,lzcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vpopcntdq"
    )]
    fn bits_512<W: Work>(work: W) -> W::Out {
        work.run()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones<'a>(&'a [u64]);

    impl Work for Ones<'_> {
        type Out = u32;

        #[inline(always)]
        fn run(self) -> u32 {
            self.0.iter().map(|word| word.count_ones()).sum()
        }
    }

    #[test]
    fn a_work_gives_the_same_however_wide_it_is_done() {
        let words: Vec<u64> = (0..1_001)
            .map(|at: u64| at.wrapping_mul(at) ^ at << 40)
            .collect();
        for from in [0, 1, 993, 1_001] {
            assert_eq!(widely(Ones(&words[from..])), Ones(&words[from..]).run());
        }
        assert!(widely(Ones(&words)) > 1_000);
    }
}
