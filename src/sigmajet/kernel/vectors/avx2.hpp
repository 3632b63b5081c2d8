// The instructions of AVX2 and FMA that vector.hpp needs.
#pragma once

namespace sigmajet::SIGMAJET_ISA::vectors {

constexpr int width = 3, per_part = 4;  // with 16 registers, more would go through memory
constexpr std::uint32_t whole_part = 0xF;
constexpr bool exact_reciprocal = true;
constexpr int powers_per_octave = 256;
using Part = __m256d;

SIGMAJET_INLINE Part everywhere(double a) { return _mm256_set1_pd(a); }
SIGMAJET_INLINE Part fmadd(Part a, Part b, Part c) { return _mm256_fmadd_pd(a, b, c); }
SIGMAJET_INLINE Part fmsub(Part a, Part b, Part c) { return _mm256_fmsub_pd(a, b, c); }
SIGMAJET_INLINE Part fnmadd(Part a, Part b, Part c) { return _mm256_fnmadd_pd(a, b, c); }
SIGMAJET_INLINE Part fnmsub(Part a, Part b, Part c) { return _mm256_fnmsub_pd(a, b, c); }
SIGMAJET_INLINE Part absolute(Part a) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a); }
SIGMAJET_INLINE Part least_size(Part a, Part b) { return _mm256_min_pd(absolute(a), absolute(b)); }
SIGMAJET_INLINE Part lesser(Part a, Part b) { return _mm256_min_pd(a, b); }  // b if one is nan
// Of numbers >= 0: the bits of nan are above infinity's, and as integers all of them have the order of numbers.
SIGMAJET_INLINE Part greater_or_nan(Part a, Part b) {
    const __m256i above = _mm256_cmpgt_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b));
    return _mm256_blendv_pd(b, a, _mm256_castsi256_pd(above));
}
SIGMAJET_INLINE Part reciprocal(Part a) { return _mm256_set1_pd(1.0) / a; }
SIGMAJET_INLINE Part select_negative(Part x, Part a, Part b) { return _mm256_blendv_pd(b, a, x); }
SIGMAJET_INLINE Part select_above(Part x, Part limit, Part a, Part b) {
    return _mm256_blendv_pd(b, a, _mm256_cmp_pd(x, limit, _CMP_GT_OQ));
}
SIGMAJET_INLINE Part flip_where_positive(Part a, Part x) {
    return _mm256_xor_pd(a, _mm256_andnot_pd(x, _mm256_set1_pd(-0.0)));
}
SIGMAJET_INLINE std::uint32_t below(Part a, Part b) {
    return static_cast<std::uint32_t>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LT_OQ)));
}

SIGMAJET_INLINE Part load_part(const double* from) { return _mm256_loadu_pd(from); }
SIGMAJET_INLINE Part load_part(const float* from) { return _mm256_cvtps_pd(_mm_loadu_ps(from)); }
SIGMAJET_INLINE Part gather_part(const double* row, const int* at) {
    const __m128i places = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const Part nothing = _mm256_setzero_pd(), all = _mm256_cmp_pd(nothing, nothing, _CMP_EQ_OQ);
    return _mm256_mask_i32gather_pd(nothing, row, places, all, sizeof(double));
}
SIGMAJET_INLINE void store_part(Part a, double* to) { _mm256_storeu_pd(to, a); }
SIGMAJET_INLINE void store_part(Part a, float* to) { _mm_storeu_ps(to, _mm256_cvtpd_ps(a)); }
SIGMAJET_INLINE void stream_part(Part a, double* to) { _mm256_stream_pd(to, a); }
SIGMAJET_INLINE void stream_part(Part a, float* to) { _mm_stream_ps(to, _mm256_cvtpd_ps(a)); }
SIGMAJET_INLINE void fence() { _mm_sfence(); }

// Four loads, because the gathering instruction is slow on many processors. The places go through memory, which leaves
// the ports of vectors free.
SIGMAJET_INLINE void look_up_part(const Powers& table, Part up, Part& power, Part& rest) {
    const __m256i k = _mm256_castpd_si256(up);
    alignas(32) unsigned char bytes[32];
    _mm256_store_si256(reinterpret_cast<__m256i*>(bytes), k);
    asm("" : "+m"(bytes));  // or GCC takes them from the register again
    const auto pair = [&](int i) __attribute__((always_inline)) {
        return _mm_load_pd(&table.pair[bytes[8 * i]].power);
    };
    const __m256d even = _mm256_set_m128d(pair(2), pair(0)), odd = _mm256_set_m128d(pair(3), pair(1));
    power = _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(_mm256_unpacklo_pd(even, odd)),
                                                 _mm256_slli_epi64(k, 44)));
    rest = _mm256_unpackhi_pd(even, odd);
}

}  // namespace sigmajet::SIGMAJET_ISA::vectors
