// The kernel's loops under arbitrary bytes, with sanitizers: tools/fuzz_kernel.sh builds and runs it.
//
// Bytes 0..3 choose the loop, the order and the length; the rest are the points. It is a libFuzzer
// target (clang -fsanitize=fuzzer); elsewhere `main` feeds it random bytes and special values.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "series.hpp"
#include "sigmoid_complex.hpp"
#include "sigmoid_loops.hpp"
#include "tables/tables.hpp"

namespace {

using sigmajet::Index;

constexpr int kinds = 15;  // of loops in double precision

void check(bool holds, const char* what, int n, double x, double value) {
    if (holds) return;
    std::fprintf(stderr, "%s: order %d at %a gives %a\n", what, n, x, value);
    std::abort();
}

using Jet = void (*)(int, const double*, Index, double*, Index);

void run_jet(Jet jet, int order, const std::vector<double>& x) {
    const auto count = static_cast<Index>(x.size());
    std::vector<double> out(x.size() * (order + 1));
    jet(order, x.data(), count, out.data(), count);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double from = x[i % x.size()];
        check(std::isnan(out[i]) == std::isnan(from), "jet", static_cast<int>(i / x.size()), from, out[i]);
    }
}

// An order for each point gives what the loops for one order give.
void run_orders(int n, const std::vector<double>& x) {
    const auto& loops = sigmajet::SIGMAJET_ISA::loops;
    const auto count = static_cast<Index>(x.size());
    std::vector<int> orders(x.size());
    std::vector<double> out(x.size());
    const int step = n % 3;  // equal, in sequence, in leaps
    const auto same = [&](const char* what, auto alone) {
        for (Index i = 0; i < count; ++i) {
            const double again = alone(orders[i], x[i]);
            check(std::memcmp(&again, &out[i], sizeof again) == 0 || again != again, what, orders[i], x[i], out[i]);
        }
    };
    const auto plain = [](auto loop) {
        return [loop](int order, double at) { loop(order, &at, 1, &at); return at; };
    };
    for (Index i = 0; i < count; ++i) orders[i] = (n + static_cast<int>(i) * (step == 2 ? 37 : step)) % 201;
    loops.sigmoid_orders(orders.data(), x.data(), count, 1, out.data());
    same("orders", [&](int order, double at) { loops.sigmoid(order, &at, 1, 1, &at); return at; });
    loops.silu_orders(orders.data(), x.data(), count, out.data());
    same("silu orders", plain(loops.silu));
    for (int& order : orders) order = std::max(order, 1);
    loops.bose_orders(orders.data(), x.data(), count, 1, out.data());
    same("bose orders", plain(loops.bose));
    for (int& order : orders) order *= 3;
    loops.taylor_orders(orders.data(), x.data(), count, out.data());
    same("taylor orders", plain(loops.sigmoid_taylor));
}

template <typename Real>
void run(int which, int n, std::vector<Real> x) {
    const auto& loops = sigmajet::SIGMAJET_ISA::loops;
    const auto count = static_cast<Index>(x.size());
    std::vector<Real> out(x.size());
    if constexpr (sizeof(Real) == sizeof(float)) {
        if (which % 3 == 2) return fuzz::run_series(which / 3, n, x);
        if (which % 3) return loops.sigmoid_single(n, x.data(), count, 1, out.data());
        n %= 50;
        out.resize(x.size() * (n + 1));
        return loops.jet_single(n, x.data(), count, 1, out.data(), count);
    } else {
        switch (which % kinds) {
            case 0:
                loops.sigmoid(n, x.data(), count, 1, out.data());
                for (Index i = 0; i < count; ++i) {
                    check(std::isnan(out[i]) == std::isnan(x[i]), "nan", n, x[i], out[i]);
                    check(!(std::fabs(out[i]) > 1e280), "size", n, x[i], out[i]);
                    double again;  // alone, and in place
                    loops.sigmoid(n, &x[i], 1, 1, &again);
                    check(std::memcmp(&again, &out[i], sizeof again) == 0 || again != again,
                          "alone", n, x[i], again);
                }
                loops.sigmoid(n, x.data(), count, 1, x.data());
                return;
            case 1: n %= 50; out.resize(x.size() * (n + 1));
                return loops.jet(n, x.data(), count, 1, out.data(), count);
            case 2: loops.fermi_dirac(1 + n % 8, x.data(), count, out.data());
                for (Index i = 0; i < count; ++i)
                    check(out[i] >= 0 || std::isnan(x[i]), "integral", n, x[i], out[i]);
                return;
            case 3: loops.tanh(x.data(), count, out.data());
                for (Index i = 0; i < count; ++i)
                    check(std::fabs(out[i]) <= 1 || std::isnan(x[i]), "tanh", 0, x[i], out[i]);
                return;
            case 4: loops.silu(n, x.data(), count, out.data());
                for (Index i = 0; i < count; ++i)
                    check(std::isnan(out[i]) == std::isnan(x[i]), "silu", n, x[i], out[i]);
                return;
            case 5: return run_jet(loops.tanh_jet, n % 50, x);
            case 6: return run_jet(loops.silu_jet, n % 50, x);
            case 7: return run_jet(loops.bose_jet, n % 50, x);
            case 8:
                for (double v : x) sigmajet::complex_sigmoid(n, {v, 0.5 * n});
                return;
            case 12: return run_orders(n, x);
            case 13: case 14: return fuzz::run_series(which / 2, n, x);
            default: {
                const auto loop = which % kinds == 9    ? loops.bose
                                  : which % kinds == 10 ? loops.coth
                                                     : loops.sigmoid_taylor;
                const int order = loop == loops.sigmoid_taylor ? 3 * n : n;
                loop(order, x.data(), count, out.data());
                for (Index i = 0; i < count; ++i) {
                    check(std::isnan(out[i]) == std::isnan(x[i]), "family", order, x[i], out[i]);
                    double again;
                    loop(order, &x[i], 1, &again);
                    check(std::memcmp(&again, &out[i], sizeof again) == 0 || again != again,
                          "family alone", order, x[i], again);
                }
                loop(order, x.data(), count, x.data());
            }
        }
    }
}

template <typename Real>
void run_bytes(const std::uint8_t* data, std::size_t size) {
    const int n = data[1] % (sigmajet::largest_order + 1);
    std::size_t count = 1 + (data[2] + 256u * data[3]) % sigmajet::block;
    count = std::min(count, (size - 4) / sizeof(Real));
    if (count == 0) return;
    std::vector<Real> x(count);
    std::memcpy(x.data(), data + 4, count * sizeof(Real));
    run<Real>(data[0] / 2, n, x);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 12) return 0;
    data[0] % 2 ? run_bytes<float>(data, size) : run_bytes<double>(data, size);
    return 0;
}

#if !defined(SIGMAJET_LIBFUZZER)
int main(int argc, char** argv) {
    const long rounds = argc > 1 ? std::atol(argv[1]) : 20000;
    std::mt19937_64 random(1);
    const double special[] = {0.0, -0.0, 5e-324, 1e-310, 600, 1000, 745.2, -745.2, 1e308, 710, INFINITY,
                              -INFINITY, NAN, 0x1p-10, 0x1p-500};
    std::vector<std::uint8_t> bytes(4 + 8 * sigmajet::block);
    for (long i = 0; i < rounds; ++i) {
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
        for (std::size_t at = 4; at + 8 <= bytes.size(); at += 8) {
            double value = 0;
            switch (random() % 4) {
                case 0: continue;  // any bits
                case 1: value = std::normal_distribution<>(0, 10)(random); break;
                case 2: value = special[random() % (sizeof special / sizeof *special)]; break;
                default: {
                    const int rows = sigmajet::first_zero(sigmajet::largest_order + 1);
                    value = std::nextafter(sigmajet::zeros[random() % rows].x, random() % 2 ? 0 : 99);
                }
            }
            if (bytes[0] % 2) {
                const float pair[2] = {static_cast<float>(value), static_cast<float>(-value)};
                std::memcpy(&bytes[at], pair, 8);
            } else {
                std::memcpy(&bytes[at], &value, 8);
            }
        }
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
    std::printf("%ld inputs, no finding\n", rounds);
}
#endif
