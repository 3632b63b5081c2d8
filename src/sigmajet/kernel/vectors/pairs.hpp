// 256 powers of two an octave.
#pragma once

#include "../sigmoid.hpp"

namespace sigmajet::SIGMAJET_ISA::vectors {

// 2^(i/256) = (power + i 2^44 on its bits) (1 + rest), side by side, so that one load finds both.
struct Powers {
    struct alignas(16) Pair {
        double power, rest;
    } pair[256];
    Powers() {
        for (int i = 0; i < 256; ++i) {
            const DD power = fraction_of_octave(i / 256.0);
            const auto places = static_cast<std::uint64_t>(i) << 44;
            pair[i] = {from_bits(to_bits(power.high) - places), power.low / power.high};
        }
    }
};

}  // namespace sigmajet::SIGMAJET_ISA::vectors
