// SPDX-License-Identifier: GPL-3.0-or-later
/// CChecksum — the processor's carry-less multiplication, which Swift cannot name, put to the one use that the core has for it.
/// No policy, no allocation, no state. Where the processor lacks it, `cchecksum_is_available` says so and tables do the work.
///
/// None of the compiler's headers of intrinsics: each of them makes clang build the module of all, and one includes `<stdlib.h>`. Whatever
/// that declares is then that module's for every Swift file that imports both this and Glibc, and `pthread_attr_t()` does not compile.
#ifndef SPRINTD_CCHECKSUM_H
#define SPRINTD_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)

/// Whether the processor has PCLMULQDQ. Asks the processor, which takes a while in a virtual machine: ask once.
static inline int cchecksum_is_available(void) {
    // Leaf 1, which every x86-64 has: bit 1 of ecx. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, "CPUID".
    unsigned eax = 1, ebx, ecx = 0, edx;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (ecx & 2) != 0;
}

/// Takes `count` bytes, 16 or more, into the state of a CRC-32 of the reflected polynomial 0xEDB88320 (the state is the
/// checksum's complement). To be called only where `cchecksum_is_available`.
///
/// The bytes are folded into 128 bits, these into 64, and the rest is Barrett's reduction. Source of the method and of all constants: Gopal,
/// Ozturk, Guilford et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009): k3, k4, k5, P' and µ' of its
/// appendix for bit-reflected data. What is no multiple of 16 is taken first, as a block with zeros before it: on those a checksum does not
/// depend, so that the state goes where the first four bytes are, wherever that is.
__attribute__((target("pclmul")))
static inline uint32_t cchecksum_crc32(uint32_t state, const uint8_t *_Nonnull bytes, size_t count) {
    // Two halves of 64 bits, the lower one first.
    typedef unsigned long long halves __attribute__((vector_size(16)));
    typedef long long signed_halves __attribute__((vector_size(16)));
    typedef unsigned words __attribute__((vector_size(16)));
// Of the lower (0) or the upper (1) half of each.
#define CCHECKSUM_MULTIPLY(left, i, right, j) \
    ((halves)__builtin_ia32_pclmulqdq128((signed_halves)(left), (signed_halves)(right), (i) | (j) << 4))
    const halves fold = {0x01751997D0, 0x00CCAA009E};
    const halves low = {0xFFFFFFFF, 0xFFFFFFFF};
    const size_t odd = count % 16;
    unsigned __int128 first;
    __builtin_memcpy(&first, bytes, 16);
    first ^= state;
    first = odd == 0 ? 0 : first << (8 * (16 - odd));
    halves sum = {(unsigned long long)first, (unsigned long long)(first >> 64)};
    halves rest = {odd < 4 ? state >> (8 * odd) : 0, 0};
    for (size_t offset = odd; offset < count; offset += 16) {
        halves next;
        __builtin_memcpy(&next, bytes + offset, 16);
        next ^= rest;
        rest = (halves){0, 0};
        sum = CCHECKSUM_MULTIPLY(sum, 0, fold, 0) ^ CCHECKSUM_MULTIPLY(sum, 1, fold, 1) ^ next;
    }
    sum = (halves){sum[1], 0} ^ CCHECKSUM_MULTIPLY(sum, 0, fold, 1);
    const halves shorter = {0x0163CD6124, 0};
    const halves upper = (halves)__builtin_shufflevector((words)sum, (words){0}, 1, 2, 3, 4);
    sum = upper ^ CCHECKSUM_MULTIPLY(sum & low, 0, shorter, 0);
    const halves barrett = {0x01DB710641, 0x01F7011641};
    halves quotient = CCHECKSUM_MULTIPLY(sum & low, 0, barrett, 1);
    quotient = CCHECKSUM_MULTIPLY(quotient & low, 0, barrett, 0);
    return (uint32_t)((sum ^ quotient)[0] >> 32);
#undef CCHECKSUM_MULTIPLY
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
