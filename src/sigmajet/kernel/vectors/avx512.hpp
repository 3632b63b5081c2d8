// The instructions of AVX-512 that vector.hpp needs.
#pragma once

namespace sigmajet::SIGMAJET_ISA::vectors {

constexpr int width = 4, per_part = 8;
constexpr std::uint32_t whole_part = 0xFF;
constexpr bool exact_reciprocal = false;
constexpr int powers_per_octave = 16;  // in registers
using Part = __m512d;

SIGMAJET_INLINE Part everywhere(double a) { return _mm512_set1_pd(a); }
SIGMAJET_INLINE Part fmadd(Part a, Part b, Part c) { return _mm512_fmadd_pd(a, b, c); }
SIGMAJET_INLINE Part fmsub(Part a, Part b, Part c) { return _mm512_fmsub_pd(a, b, c); }
SIGMAJET_INLINE Part fnmadd(Part a, Part b, Part c) { return _mm512_fnmadd_pd(a, b, c); }
SIGMAJET_INLINE Part fnmsub(Part a, Part b, Part c) { return _mm512_fnmsub_pd(a, b, c); }
SIGMAJET_INLINE Part absolute(Part a) { return _mm512_abs_pd(a); }
SIGMAJET_INLINE Part least_size(Part a, Part b) {
    constexpr int least_absolute_value_made_positive = 0b1010;
    return _mm512_range_pd(a, b, least_absolute_value_made_positive);
}
SIGMAJET_INLINE Part lesser(Part a, Part b) { return _mm512_min_pd(a, b); }  // b if one is nan
SIGMAJET_INLINE Part greater_or_nan(Part a, Part b) {  // of numbers >= 0: the bits of nan are above infinity's
    return _mm512_castsi512_pd(_mm512_max_epu64(_mm512_castpd_si512(a), _mm512_castpd_si512(b)));
}
// To 2^-14. A division would take longer than the five operations that follow.
SIGMAJET_INLINE Part reciprocal(Part a) { return _mm512_rcp14_pd(a); }
SIGMAJET_INLINE Part select_negative(Part x, Part a, Part b) {
    return _mm512_mask_blend_pd(_mm512_movepi64_mask(_mm512_castpd_si512(x)), b, a);
}
SIGMAJET_INLINE Part select_above(Part x, Part limit, Part a, Part b) {
    return _mm512_mask_blend_pd(_mm512_cmp_pd_mask(x, limit, _CMP_GT_OQ), b, a);
}
SIGMAJET_INLINE Part flip_where_positive(Part a, Part x) {
    constexpr int a_xor_not_b_and_c = 0xD2;
    return _mm512_castsi512_pd(_mm512_ternarylogic_epi64(
        _mm512_castpd_si512(a), _mm512_castpd_si512(x),
        _mm512_set1_epi64(static_cast<long long>(1ull << 63)), a_xor_not_b_and_c));
}
SIGMAJET_INLINE std::uint32_t below(Part a, Part b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }

SIGMAJET_INLINE Part load_part(const double* from) { return _mm512_loadu_pd(from); }
SIGMAJET_INLINE Part load_part(const float* from) { return _mm512_cvtps_pd(_mm256_loadu_ps(from)); }
SIGMAJET_INLINE Part gather_part(const double* row, const int* at) {
    const __m256i places = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    return _mm512_mask_i32gather_pd(_mm512_setzero_pd(), 0xFF, places, row, sizeof(double));
}
SIGMAJET_INLINE void store_part(Part a, double* to) { _mm512_storeu_pd(to, a); }
SIGMAJET_INLINE void store_part(Part a, float* to) { _mm256_storeu_ps(to, _mm512_cvtpd_ps(a)); }
SIGMAJET_INLINE void stream_part(Part a, double* to) { _mm512_stream_pd(to, a); }
SIGMAJET_INLINE void stream_part(Part a, float* to) { _mm256_stream_ps(to, _mm512_cvtpd_ps(a)); }
SIGMAJET_INLINE void fence() { _mm_sfence(); }

// 2^(i/16) = (power + i 2^48 on its bits) (1 + rest)
struct Powers {
    alignas(64) double power[16], rest[16];
    Powers() {
        for (int i = 0; i < 16; ++i)
            power[i] = from_bits(power_bits[2 * i]), rest[i] = power_rest[2 * i];
    }
};
SIGMAJET_INLINE void look_up_part(const Powers& table, Part up, Part& power, Part& rest) {
    const auto look = [up](const double* from) __attribute__((always_inline)) {
        return _mm512_permutex2var_pd(_mm512_load_pd(from), _mm512_castpd_si512(up),
                                      _mm512_load_pd(from + 8));
    };
    const __m512i shifted = _mm512_slli_epi64(_mm512_castpd_si512(up), 48);
    power = _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(look(table.power)), shifted));
    rest = look(table.rest);
}

}  // namespace sigmajet::SIGMAJET_ISA::vectors
