// SPDX-License-Identifier: GPL-3.0-or-later
/// CChecksum — the processor's carry-less multiplication, which Swift cannot name, put to the one use that the core has for it.
/// No policy, no allocation, no state. Where the processor lacks it, `cchecksum_is_available` says so and tables do the work.
#ifndef SPRINTD_CCHECKSUM_H
#define SPRINTD_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <smmintrin.h>
#include <wmmintrin.h>

/// Whether the processor has PCLMULQDQ and SSE 4.1. Asks the processor, which takes a while in a virtual machine: ask once.
static inline int cchecksum_is_available(void) {
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_PCLMUL) && (ecx & bit_SSE4_1);
}

/// Takes `count` bytes, a multiple of 16 and not 0, into the state of a CRC-32 of the reflected polynomial 0xEDB88320 (the state is the
/// checksum's complement). To be called only where `cchecksum_is_available`.
///
/// The bytes are folded into 128 bits, these into 64, and the rest is Barrett's reduction. Source of the method and of all constants: Gopal,
/// Ozturk, Guilford et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009): k3, k4, k5, P' and µ' of its
/// appendix for bit-reflected data.
__attribute__((target("pclmul,sse4.1")))
static inline uint32_t cchecksum_crc32(uint32_t state, const uint8_t *_Nonnull bytes, size_t count) {
    const __m128i fold = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0);
    const __m128i low = _mm_setr_epi32(~0, 0, ~0, 0);
    __m128i sum = _mm_xor_si128(_mm_loadu_si128((const __m128i *)bytes), _mm_cvtsi32_si128((int)state));
    for (size_t offset = 16; offset < count; offset += 16) {
        const __m128i next = _mm_loadu_si128((const __m128i *)(bytes + offset));
        const __m128i near = _mm_clmulepi64_si128(sum, fold, 0x00);
        const __m128i far = _mm_clmulepi64_si128(sum, fold, 0x11);
        sum = _mm_xor_si128(_mm_xor_si128(near, far), next);
    }
    sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, fold, 0x10));
    sum = _mm_xor_si128(
        _mm_srli_si128(sum, 4), _mm_clmulepi64_si128(_mm_and_si128(sum, low), _mm_set_epi64x(0, 0x0163CD6124), 0x00));
    const __m128i barrett = _mm_set_epi64x(0x01F7011641, 0x01DB710641);
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(sum, low), barrett, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(sum, quotient), 1);
}

#else

static inline int cchecksum_is_available(void) { return 0; }

static inline uint32_t cchecksum_crc32(uint32_t state, const uint8_t *_Nonnull bytes, size_t count) {
    (void)bytes;
    (void)count;
    return state;
}

#endif

#endif
