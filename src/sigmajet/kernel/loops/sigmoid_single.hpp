// Single precision without vectors: the same product in plain double, where 1 - p/p_j is good enough to within
// 2^-20 of its zero, for every order.
#pragma once

#include "products.hpp"

namespace sigmajet::SIGMAJET_ISA {
namespace {

void shares_single(Block& b, Index n) {
    const double* __restrict rs = b.r;
    const double* __restrict power = b.power;
    double* __restrict rest_out = b.rest;
    double* __restrict p_out = b.p;
    for (Index i = 0; i < n; ++i) {
        const double r = rs[i], s = power[i];
        const double e =
            s * fma(r, fma(r, fma(r, fma(r, fma(r, 1 / 120.0, 1 / 24.0), 1 / 6.0), 0.5), 1.0), 1.0);
        const double sum = 1 + e, guess = 1 / static_cast<float>(sum);
        const double share = fma(guess, fma(-sum, guess, 1.0), guess), rest = e * share;
        rest_out[i] = rest, p_out[i] = rest * share;
    }
}

template <int count>
void multiply_single(const Zero* zero, bool first, Block& b, Index n) {
    double inverse[count];
    for (int j = 0; j < count; ++j) inverse[j] = -1 / zero[j].p;
    const double* __restrict p = b.p;
    const double* from = first ? b.p : b.product;
    double* product = b.product;
    double* least = b.error;  // factor
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        double value = from[i], smallest = first ? 1.0 : least[i];
        for (int j = 0; j < count; ++j) {
            const double f = fma(p[i], inverse[j], 1.0), size = std::fabs(f);
            value *= f;
            smallest = size < smallest ? size : smallest;
        }
        product[i] = value, least[i] = smallest;
    }
}

template <bool even, bool factors>
void finish_single(const double* __restrict product, const double* __restrict least, double scale,
                   Block& b, Index n, float* __restrict out) {
    const double* __restrict x = b.x;
    const double* __restrict rest = b.rest;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        double value = product[i] * scale;
        bool usable = !factors || least[i] > 0x1p-20;
        if (even) {
            usable = usable & (std::fabs(x[i]) > 0x1p-18);
            value *= fma(-2.0, rest[i], 1.0);
            value = from_bits(to_bits(value) ^ (~to_bits(x[i]) & sign_bit));
        }
        doubt[i] = usable ? 0 * value : 1;
        out[i] = static_cast<float>(value);
    }
}

void finish_value_single(double scale, Block& b, Index n, float* __restrict out) {
    const double* __restrict x = b.x;
    const double* __restrict rest = b.rest;
    double* __restrict doubt = b.doubt;
    for (Index i = 0; i < n; ++i) {
        const double share = 1 - rest[i], value = x[i] < 0 ? rest[i] : share;
        doubt[i] = 0 * value;
        out[i] = static_cast<float>(scale * value);
    }
}

void one_order_single(int n, double scale, Block& b, Index count, float* out) {
    if (n == 0) return finish_value_single(scale, b, count, out);
    const int start = first_zero(n), end = first_zero(n + 1);
    for (int j = start; j < end;) {
        const int factors = std::min(4, end - j);
        switch (factors) {
            case 1: multiply_single<1>(zeros + j, j == start, b, count); break;
            case 2: multiply_single<2>(zeros + j, j == start, b, count); break;
            case 3: multiply_single<3>(zeros + j, j == start, b, count); break;
            default: multiply_single<4>(zeros + j, j == start, b, count); break;
        }
        j += factors;
    }
    if (start == end)
        n % 2 ? finish_single<false, false>(b.p, b.error, scale, b, count, out)
              : finish_single<true, false>(b.p, b.error, scale, b, count, out);
    else
        n % 2 ? finish_single<false, true>(b.product, b.error, scale, b, count, out)
              : finish_single<true, true>(b.product, b.error, scale, b, count, out);
}

void settled_order_single(int n, double scale, Block& b, Index count, float* out) {
    const Index whole = padded(count);
    float buffer[block];
    one_order_single(n, scale, b, whole, count == whole ? out : buffer);
    if (count != whole) std::copy(buffer, buffer + count, out);
    settle(n, b, count, scale, out);
}

void prepare_single(Block& b, Index n) {
    look_up<false>(b, n);
    shares_single(b, n);
}

void sigmoid_single(int n, const float* x, Index count, double scale, float* out) {
    for (Index i = 0; i < count; i += block) {
        const Index here = std::min(block, count - i);
        Block b;
        load(x + i, here, b);
        prepare_single(b, padded(here));
        settled_order_single(n, scale, b, here, out + i);
    }
}

void jet_single(int order, const float* x, Index count, double scale, float* out, Index stride) {
    for (Index i = 0; i < count; i += block) {
        const Index here = std::min(block, count - i);
        Block b;
        load(x + i, here, b);
        prepare_single(b, padded(here));
        for (int n = 0; n <= order; ++n)
            settled_order_single(n, scale_of(n, scale), b, here, out + i + n * stride);
    }
}

}  // namespace
}  // namespace sigmajet::SIGMAJET_ISA
