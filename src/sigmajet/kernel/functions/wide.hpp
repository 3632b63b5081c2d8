// Numbers of 256 bits, for points so near to a zero that two words are not enough: +-mantissa 2^exponent, the
// mantissa below 1 and, but for zero, at least 1/2. Operations cut off, an error of 2^-254.
#pragma once

#include "../sigmoid.hpp"

namespace sigmajet::SIGMAJET_ISA {

class Wide {
   public:
    Wide(double value) : negative_(std::signbit(value)), exponent_(0) {
        const double mantissa = std::frexp(std::fabs(value), &exponent_);
        limb_[words - 1] = static_cast<std::uint64_t>(std::ldexp(mantissa, 53)) << 11;
    }

    Scaled scaled() const {
        const std::uint64_t top = limb_[words - 1], next = limb_[words - 2];
        const double high = std::ldexp(static_cast<double>(top >> 11), -53);
        const double low = std::ldexp(static_cast<double>((top & 2047) << 42 | next >> 22), -106);
        const DD value = fast_two_sum(high, low);
        return {negative_ ? -value : value, exponent_};
    }

    Wide operator-() const {
        Wide result = *this;
        result.negative_ = !negative_;
        return result;
    }

    friend Wide operator*(const Wide& a, const Wide& b) {
        std::uint64_t product[2 * words] = {};
        for (int i = 0; i < words; ++i) {
            std::uint64_t carry = 0;
            for (int j = 0; j < words; ++j) {
                const Twice sum = Twice{a.limb_[i]} * b.limb_[j] + product[i + j] + carry;
                product[i + j] = static_cast<std::uint64_t>(sum), carry = static_cast<std::uint64_t>(sum >> 64);
            }
            product[i + words] = carry;
        }
        Wide result(0);
        std::copy(product + words, product + 2 * words, result.limb_);
        result.negative_ = a.negative_ != b.negative_, result.exponent_ = a.exponent_ + b.exponent_;
        result.normalise(product[words - 1]);
        return result;
    }

    friend Wide operator+(const Wide& a, const Wide& b) {
        const bool swap = a.is_zero() || (!b.is_zero() && a.less_in_size(b));
        const Wide &large = swap ? b : a, &small = swap ? a : b;
        if (small.is_zero()) return large;
        Wide result = large;
        std::uint64_t shifted[words];
        small.shift_right(large.exponent_ - small.exponent_, shifted);
        if (large.negative_ == small.negative_) {
            std::uint64_t carry = 0;
            for (int i = 0; i < words; ++i) {
                const Twice sum = Twice{result.limb_[i]} + shifted[i] + carry;
                result.limb_[i] = static_cast<std::uint64_t>(sum), carry = static_cast<std::uint64_t>(sum >> 64);
            }
            if (carry) {
                std::uint64_t halved[words];
                result.shift_right(1, halved);
                std::copy(halved, halved + words, result.limb_);
                result.limb_[words - 1] |= 1ull << 63, ++result.exponent_;
            }
            return result;
        }
        std::uint64_t borrow = 0;
        for (int i = 0; i < words; ++i) {
            const Twice taken = Twice{shifted[i]} + borrow;
            borrow = result.limb_[i] < taken;
            result.limb_[i] = static_cast<std::uint64_t>(result.limb_[i] - taken);
        }
        result.normalise(0);
        return result;
    }
    friend Wide operator-(const Wide& a, const Wide& b) { return a + -b; }

   private:
    __extension__ using Twice = unsigned __int128;
    static constexpr int words = 4;

    bool is_zero() const { return limb_[words - 1] == 0; }

    bool less_in_size(const Wide& other) const {
        if (exponent_ != other.exponent_) return exponent_ < other.exponent_;
        for (int i = words - 1; i >= 0; --i)
            if (limb_[i] != other.limb_[i]) return limb_[i] < other.limb_[i];
        return false;
    }

    void shift_right(int bits, std::uint64_t* to) const {
        const int whole = bits / 64, rest = bits % 64;
        for (int i = 0; i < words; ++i) {
            const std::uint64_t low = i + whole < words ? limb_[i + whole] : 0;
            const std::uint64_t high = i + whole + 1 < words ? limb_[i + whole + 1] : 0;
            to[i] = rest ? low >> rest | high << (64 - rest) : low;
        }
    }

    // Shift to the left until the first bit is 1, `below` following the last word.
    void normalise(std::uint64_t below) {
        for (int k = 0; k < words && limb_[words - 1] == 0; ++k) {
            for (int i = words - 1; i > 0; --i) limb_[i] = limb_[i - 1];
            limb_[0] = below, below = 0, exponent_ -= 64;
        }
        if (is_zero()) return;
        const int bits = __builtin_clzll(limb_[words - 1]);
        if (bits == 0) return;
        for (int i = words - 1; i > 0; --i) limb_[i] = limb_[i] << bits | limb_[i - 1] >> (64 - bits);
        limb_[0] = limb_[0] << bits | below >> (64 - bits), exponent_ -= bits;
    }

    bool negative_;
    int exponent_;
    std::uint64_t limb_[words] = {};
};

// 1/a, by Newton's iteration
inline Wide inverse(const Wide& a) {
    const Scaled size = a.scaled();
    Wide guess = Wide(std::ldexp(1 / size.value.high, -size.exponent));
    for (int step = 0; step < 3; ++step) guess = guess * (Wide(2) - a * guess);  // 53, 106, 212 bits, all
    return guess;
}

}  // namespace sigmajet::SIGMAJET_ISA
