// The instructions of 64-bit ARM that vector.hpp needs.
#pragma once

#include <arm_neon.h>

namespace sigmajet::SIGMAJET_ISA::vectors {

constexpr int width = 4, per_part = 2;
constexpr std::uint32_t whole_part = 3;
constexpr bool exact_reciprocal = true;
constexpr int powers_per_octave = 256;
using Part = float64x2_t;

SIGMAJET_INLINE Part everywhere(double a) { return vdupq_n_f64(a); }
SIGMAJET_INLINE Part fmadd(Part a, Part b, Part c) { return vfmaq_f64(c, a, b); }
SIGMAJET_INLINE Part fmsub(Part a, Part b, Part c) { return vnegq_f64(vfmsq_f64(c, a, b)); }
SIGMAJET_INLINE Part fnmadd(Part a, Part b, Part c) { return vfmsq_f64(c, a, b); }
SIGMAJET_INLINE Part fnmsub(Part a, Part b, Part c) { return vnegq_f64(vfmaq_f64(c, a, b)); }
SIGMAJET_INLINE Part absolute(Part a) { return vabsq_f64(a); }
SIGMAJET_INLINE Part least_size(Part a, Part b) { return vminq_f64(vabsq_f64(a), vabsq_f64(b)); }
SIGMAJET_INLINE Part lesser(Part a, Part b) { return vminq_f64(a, b); }  // nan if one is
SIGMAJET_INLINE Part greater_or_nan(Part a, Part b) { return vmaxq_f64(a, b); }
SIGMAJET_INLINE Part reciprocal(Part a) { return vdupq_n_f64(1.0) / a; }
SIGMAJET_INLINE Part select_negative(Part x, Part a, Part b) {
    return vbslq_f64(vcltzq_s64(vreinterpretq_s64_f64(x)), a, b);
}
SIGMAJET_INLINE Part select_above(Part x, Part limit, Part a, Part b) {
    return vbslq_f64(vcgtq_f64(x, limit), a, b);
}
SIGMAJET_INLINE Part flip_where_positive(Part a, Part x) {
    const uint64x2_t flip = vbicq_u64(vdupq_n_u64(1ull << 63), vreinterpretq_u64_f64(x));
    return vreinterpretq_f64_u64(veorq_u64(vreinterpretq_u64_f64(a), flip));
}
SIGMAJET_INLINE std::uint32_t below(Part a, Part b) {
    const uint64x2_t less = vcltq_f64(a, b);
    return static_cast<std::uint32_t>((vgetq_lane_u64(less, 0) & 1) | (vgetq_lane_u64(less, 1) & 2));
}

SIGMAJET_INLINE Part load_part(const double* from) { return vld1q_f64(from); }
SIGMAJET_INLINE Part load_part(const float* from) { return vcvt_f64_f32(vld1_f32(from)); }
SIGMAJET_INLINE Part gather_part(const double* row, const int* at) { return Part{row[at[0]], row[at[1]]}; }
SIGMAJET_INLINE void store_part(Part a, double* to) { vst1q_f64(to, a); }
SIGMAJET_INLINE void store_part(Part a, float* to) { vst1_f32(to, vcvt_f32_f64(a)); }
SIGMAJET_INLINE void stream_part(Part a, double* to) { store_part(a, to); }
SIGMAJET_INLINE void stream_part(Part a, float* to) { store_part(a, to); }
SIGMAJET_INLINE void fence() {}

SIGMAJET_INLINE void look_up_part(const Powers& table, Part up, Part& power, Part& rest) {
    const uint64x2_t k = vreinterpretq_u64_f64(up);
    const Part first = vld1q_f64(&table.pair[vgetq_lane_u64(k, 0) & 255].power);
    const Part second = vld1q_f64(&table.pair[vgetq_lane_u64(k, 1) & 255].power);
    const uint64x2_t sum = vaddq_u64(vreinterpretq_u64_f64(vzip1q_f64(first, second)), vshlq_n_u64(k, 44));
    power = vreinterpretq_f64_u64(sum), rest = vzip2q_f64(first, second);
}

}  // namespace sigmajet::SIGMAJET_ISA::vectors
