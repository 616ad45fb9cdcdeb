//! Work on many numbers at a time, as wide as the processor allows.
//!
//! In: a kernel. Out: what it gives, the same to the last bit on every processor: a kernel says in which order numbers are added,
//! and multiplies and adds in one step (`mul_add`), which IEEE 754 defines. Width changes the time alone.

/// Work that gains by wide registers. `run` has to be inlined, or it stays narrow.
pub(crate) trait Kernel {
    type Output;
    fn run(self) -> Self::Output;
}

/// A few lines of work need no name.
impl<Output, Work: FnOnce() -> Output> Kernel for Work {
    type Output = Output;

    #[inline(always)]
    fn run(self) -> Output {
        self()
    }
}

/// Runs a kernel with what this processor has.
pub(crate) fn run<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: the processor has both features; the kernel itself is safe code.
        #[expect(
            unsafe_code,
            reason = "calling what is compiled for a processor with more features is the caller's word"
        )]
        return unsafe { run_wide(kernel) };
    }
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_wide<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}
