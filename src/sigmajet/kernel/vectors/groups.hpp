// Arrays in groups of vectors, and what becomes of the points that a fast loop is not sure of.
#pragma once

#include <algorithm>

#include "../sigmoid_loops.hpp"
#include "vector.hpp"

#define SIGMAJET_BODY \
    [&](const V& x, const auto* from, Index i, Index here) __attribute__((always_inline))

namespace sigmajet::SIGMAJET_ISA::vectors {

// scale^(n+1) times order n to out + n * stride; what is left goes to careful(n, x, count, times, out), for at
// most `block` points at a time. A single order has a stride of 0 and takes `scale` as it is.
template <typename Real, typename Careful>
class Writer {
   public:
    // With `stream`, whole groups go past the caches.
    Writer(Real* out, Index stride, double scale, Careful careful, bool stream = false)
        : out_(out), stride_(stride), scale_(std::ilogb(scale)), careful_(careful), stream_(stream) {}

    // The results of order n from place i on, of which `count` are wanted. The points are noted first:
    // `out` may be the very array that they come from.
    SIGMAJET_INLINE void write(int n, const V& results, Mask good, const Real* x, Index i,
                               Index count) {
        if (count < 32) good |= all_points << count;  // the bits of a mask beyond the points
        if (__builtin_expect(good != all_points, 0)) note(n, ~good, x, i);
        Real* to = out_ + n * stride_ + i;
        if (__builtin_expect(count == lanes, 1)) {
            stream_ ? stream(results, to) : store(results, to);
        } else {
            Real whole[lanes];
            store(results, whole);
            std::copy(whole, whole + count, to);
        }
        if (__builtin_expect(left_ > room - lanes, 0)) finish();
    }

    __attribute__((noinline)) void finish() {
        double x[block], again[block];
        Index place[block];
        if (stream_) fence();
        while (left_ > 0) {
            const int n = n_[0];
            int chosen = 0, kept = 0;
            for (int k = 0; k < left_; ++k)
                if (n_[k] == n && chosen < block)
                    x[chosen] = x_[k], place[chosen] = place_[k], ++chosen;
                else
                    n_[kept] = n_[k], x_[kept] = x_[k], place_[kept] = place_[k], ++kept;
            left_ = kept;
            const double times = std::ldexp(1.0, stride_ ? (n + 1) * scale_ : scale_);
            careful_(n, x, chosen, times, again);
            for (int k = 0; k < chosen; ++k) out_[place[k]] = static_cast<Real>(again[k]);
        }
    }

   private:
    __attribute__((noinline)) void note(int n, Mask bad, const Real* x, Index i) {
        for (; bad; bad &= bad - 1, ++left_) {
            const int k = __builtin_ctz(bad);
            n_[left_] = n, x_[left_] = x[k], place_[left_] = n * stride_ + i + k;
        }
    }

    static constexpr int room = 1024;
    Real* out_;
    Index stride_;
    int scale_;
    Careful careful_;
    bool stream_;
    int left_ = 0, n_[room];
    double x_[room];
    Index place_[room];
};

constexpr Index long_run = 1024;

// Whether rows are to be written past the caches: together they are larger than those, and a part is at the
// same place of a cache line in all of them.
template <typename Real>
bool past_the_caches(Index rows, Index count, Index stride) {
    constexpr Index large = 16 << 20;
    return rows * count * static_cast<Index>(sizeof(Real)) >= large && count >= long_run &&
           stride % per_part == 0;
}

// body(x, from, i, count) for `lanes` points at a time, of which `count` are there. Long runs begin with
// a few points, so that each later part is stored at a multiple of its size: none straddles two cache lines.
template <typename Real, typename Body>
SIGMAJET_INLINE void in_groups(const Real* x, Index count, const Real* out, Body body) {
    Real whole[lanes] = {};
    Index i = 0;
    const auto odd = static_cast<Index>(reinterpret_cast<std::uintptr_t>(out) / sizeof(Real)) % per_part;
    if (odd && count >= long_run) {
        i = per_part - odd;
        std::copy(x, x + i, whole);
        body(load(whole), whole, 0, i);
    }
    for (; i + lanes <= count; i += lanes) body(load(x + i), x + i, i, lanes);
    if (i == count) return;
    std::copy(x + i, x + count, whole);
    body(load(whole), whole, i, count - i);
}

}  // namespace sigmajet::SIGMAJET_ISA::vectors
