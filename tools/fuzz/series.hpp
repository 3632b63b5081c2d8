// Taylor series of whole layers under arbitrary numbers, beside the same sums written out in long double.
//
// Rounding in a sum of products is bounded by the same sum of absolute values. What overflows there is
// not compared: of it only the accesses, and that parts of the elements come to what all of them do.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "sigmoid_loops.hpp"

namespace sigmajet::SIGMAJET_ISA {
extern const Loops loops;
}

namespace fuzz {

using sigmajet::Activation;
using sigmajet::Index;
using Wide = long double;
using Row = std::vector<Wide>;

template <typename Real>
const sigmajet::SeriesLoops<Real>& series_loops() {
    if constexpr (sizeof(Real) == sizeof(double))
        return sigmajet::SIGMAJET_ISA::loops.series;
    else
        return sigmajet::SIGMAJET_ISA::loops.series_single;
}

// What the numbers given decide: how many of everything there are. Rows (given, directions, count).
struct Sizes {
    int order, given_a, given_b;
    Index directions, count;
};

// As many numbers as are asked for, of those given: as they are, or between -1 and 1.
template <typename Real>
struct Source {
    const std::vector<Real>& numbers;
    bool raw;
    std::size_t at = 0;

    std::vector<Real> take(Index count, bool as_they_are) {
        std::vector<Real> taken(static_cast<std::size_t>(count));
        for (Real& value : taken) {
            const Real found = numbers[at++ % numbers.size()];
            int exponent;
            value = as_they_are ? found : std::isfinite(found) ? std::frexp(found, &exponent) : Real(0.5);
        }
        return taken;
    }
    std::vector<Real> coefficients(const Sizes& sizes, int given) {
        return take(given * sizes.directions * sizes.count, raw);
    }
};

// Coefficients of one element along one direction.
template <typename Real>
Row along(const std::vector<Real>& first, const std::vector<Real>& rest, const Sizes& sizes, Index r, Index i) {
    const Index step = sizes.directions * sizes.count;
    Row row = {first[i]};
    for (Index at = r * sizes.count + i; at < static_cast<Index>(rest.size()); at += step) row.push_back(rest[at]);
    return row;
}

template <typename Real>
void compare(const char* what, Real found, Wide exact, Wide size, int terms) {
    const bool lost = std::isnan(exact);
    // Twice the sums that a coefficient went through, of as many terms, and a rounding to the type; steps
    // near the smallest numbers are as wide as they are there.
    const Wide off = (2 * terms + 16) * terms * std::numeric_limits<double>::epsilon() * size +
                     std::numeric_limits<Real>::epsilon() * size + terms * terms * std::numeric_limits<Real>::min();
    if (!lost && !(size < std::numeric_limits<Real>::max() / 4)) return;
    if (lost ? std::isnan(found) : std::fabs(found - exact) <= off) return;
    std::fprintf(stderr, "%s: %a in place of %La, within %La\n", what, static_cast<double>(found), exact, off);
    std::abort();
}

template <typename Real>
void same(const char* what, const std::vector<Real>& a, const std::vector<Real>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::memcmp(&a[i], &b[i], sizeof a[i]) == 0 || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
        std::fprintf(stderr, "%s: %a in parts, %a whole\n", what, static_cast<double>(b[i]), static_cast<double>(a[i]));
        std::abort();
    }
}

// y and w of the Riccati equation, and the same of absolute values.
struct Riccati {
    Row y, w, y_size, w_size;

    Riccati(Activation activation, const Row& u, int order) : y(order + 1), w(y), y_size(y), w_size(y) {
        const bool tanh = activation == Activation::tanh;
        const Wide x = u[0], e = std::exp((tanh ? -2 : -1) * std::fabs(x)), half = std::tanh(tanh ? x : x / 2);
        y[0] = tanh ? half : (x < 0 ? e : 1) / (1 + e);
        w[0] = (tanh ? 4 : 1) * e / ((1 + e) * (1 + e));
        const Wide bend = (tanh ? -2 : -1) * half;
        y_size[0] = std::fabs(y[0]);
        w_size[0] = std::fabs(w[0]);
        const int given = static_cast<int>(u.size()) - 1;
        for (int k = 1; k <= order; ++k) {
            for (int j = 1; j <= std::min(k, given); ++j) {
                y[k] += j * u[j] * w[k - j] / k;
                y_size[k] += j * std::fabs(u[j]) * w_size[k - j] / k;
            }
            w[k] = bend * y[k];
            w_size[k] = std::fabs(bend) * y_size[k];
            for (int j = 1; j < k; ++j) {
                w[k] -= y[j] * y[k - j];
                w_size[k] += y_size[j] * y_size[k - j];
            }
        }
    }
};

template <typename Real>
void run_activated(const Sizes& sizes, Activation activation, bool slopes, Source<Real> source) {
    const std::vector<Real> first = source.take(sizes.count, true), rest = source.coefficients(sizes, sizes.given_a);
    const Index each = sizes.directions * sizes.count;
    struct Out {
        std::vector<Real> value, values, slope, slopes;
    };
    const auto made = [&](Index parting) {
        Out out = {std::vector<Real>(sizes.count), std::vector<Real>(sizes.order * each), {}, {}};
        if (slopes) {
            out.slope.resize(sizes.count);
            out.slopes.resize(sizes.order * each);
        }
        const sigmajet::ActivatedSeries<Real> task = {
            sizes.order,       sizes.given_a,     sizes.directions,
            sizes.count,       first.data(),      rest.data(),
            out.value.data(),  out.values.data(), slopes ? out.slope.data() : nullptr,
            slopes ? out.slopes.data() : nullptr};
        series_loops<Real>().activated(activation, task, 0, parting);
        series_loops<Real>().activated(activation, task, parting, sizes.count);
        return out;
    };
    const Out whole = made(sizes.count), parts = made(std::min(sizes.count, sigmajet::block));
    same("value", whole.value, parts.value);
    same("values", whole.values, parts.values);
    same("slopes", whole.slopes, parts.slopes);
    if (source.raw) return;
    for (Index r = 0; r < sizes.directions; ++r)
        for (Index i = 0; i < sizes.count; ++i) {
            const Riccati exact(activation, along(first, rest, sizes, r, i), sizes.order);
            const Row found = along(whole.value, whole.values, sizes, r, i);
            for (int k = 0; k <= sizes.order; ++k)
                compare<Real>("y", found[k], exact.y[k], exact.y_size[k], k + 1);
            if (!slopes) continue;
            const Row steep = along(whole.slope, whole.slopes, sizes, r, i);
            for (int k = 0; k <= sizes.order; ++k)
                compare<Real>("w", steep[k], exact.w[k], exact.w_size[k], k + 1);
        }
}

// Coefficient k of a product, or of a correlation, with the same of absolute values.
struct Term {
    Wide value = 0, size = 0;
    int terms = 1;

    void add(const Row& a, int i, const Row& b, int j) {
        if (i < 0 || j < 0 || i >= static_cast<int>(a.size()) || j >= static_cast<int>(b.size())) return;
        value += a[i] * b[j];
        size += std::fabs(a[i] * b[j]);
        ++terms;
    }
};

template <typename Real>
void run_product(const Sizes& sizes, bool transposed, Source<Real> source) {
    const std::vector<Real> a_first = source.take(sizes.count, source.raw), b_first = source.take(sizes.count, true),
                            a_rest = source.coefficients(sizes, sizes.given_a),
                            b_rest = source.coefficients(sizes, sizes.given_b);
    const auto loop = transposed ? series_loops<Real>().correlated : series_loops<Real>().multiplied;
    std::vector<Real> first(sizes.count), rest(sizes.order * sizes.directions * sizes.count);
    const sigmajet::SeriesProduct<Real> task = {sizes.order,      sizes.given_a, sizes.given_b,  sizes.directions,
                                                sizes.count,      a_first.data(), a_rest.data(), b_first.data(),
                                                b_rest.data(),    first.data(),  rest.data()};
    loop(task, 0, sizes.count);
    const std::vector<Real> whole_first = first, whole = rest;
    const Index parting = std::min(sizes.count, sigmajet::block);
    loop(task, 0, parting);
    loop(task, parting, sizes.count);
    same("product", whole_first, first);
    same("products", whole, rest);
    if (source.raw) return;
    for (Index i = 0; i < sizes.count; ++i) {
        Term of_all;
        for (Index r = 0; r < sizes.directions; ++r) {
            const Row a = along(a_first, a_rest, sizes, r, i), b = along(b_first, b_rest, sizes, r, i),
                      found = along(first, rest, sizes, r, i);
            if (r == 0) of_all.add(a, 0, b, 0);
            for (int k = 1; transposed && k <= sizes.given_a; ++k) of_all.add(a, k, b, k);
            for (int k = 1; k <= sizes.order; ++k) {
                Term one;
                for (int j = 0; j <= sizes.given_a; ++j) one.add(a, j, b, transposed ? k + j : k - j);
                compare<Real>("product", found[k], one.value, one.size, one.terms);
            }
        }
        compare<Real>("product's value", whole_first[i], of_all.value, of_all.size, of_all.terms);
    }
}

template <typename Real>
void run_series(int which, int n, const std::vector<Real>& numbers) {
    Sizes sizes;
    sizes.order = 1 + n % 20;
    sizes.given_a = (n / 3) % (sizes.order + 1);
    sizes.given_b = (n / 7) % (sizes.order + 1);
    sizes.directions = 1 + n % 3;
    sizes.count = 1 + static_cast<Index>(numbers.size()) % 70;
    if (n % 8 == 0) sizes.count += sigmajet::block;
    const Source<Real> source = {numbers, n % 5 == 0};
    if (which % 2)
        run_product(sizes, which / 2 % 2, source);
    else
        run_activated(sizes, which / 2 % 2 ? Activation::sigmoid : Activation::tanh, which / 4 % 2, source);
}

}  // namespace fuzz
