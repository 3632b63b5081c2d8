// What help() says of the ufuncs.
#pragma once

namespace sigmajet::docs {

#define SIGMAJET_COMMON                                                                          \
    "\n\nParameters\n----------\n"                                                               \
    "n : array_like of int\n    Order. It broadcasts with `x`; a float is refused.\n"            \
    "x : array_like\n    float16 and float32 give float32, other real types float64.\n"          \
    "out, where, casting, ...\n    As for any ufunc. `out` may overlap `x`.\n\n"                 \
    "Returns\n-------\nndarray or scalar\n\n"                                                    \
    "Raises\n------\nValueError\n    If an order is out of range.\n"                             \
    "TypeError\n    If an order is no integer, or `x` complex where no complex loop exists.\n\n" \
    "Notes\n-----\n"

constexpr const char* sigmoid =
    "The n-th derivative of s(x) = 1/(1 + exp(-x)), for n = -8..200." SIGMAJET_COMMON
    "s^(n) = p prod_j (1 - p/p_j), times 1 - 2s for even n, with p = s(1 - s): a product over the\n"
    "zeros of s^(n), in double-double arithmetic. The error is below 1 unit in the last place, beside\n"
    "the zeros and in both tails too (docs/measurements/accuracy.md).\n\n"
    "Order -m is the m-th repeated integral from minus infinity, the complete Fermi-Dirac integral\n"
    "-Li_m(-exp(x)).\n\n"
    "Limits: order 0 tends to 0 and 1, positive orders to 0, negative orders to 0 and infinity; nan\n"
    "gives nan. A zero has the sign of what vanishes or underflows there. Results underflow gradually, correctly rounded. No\n"
    "floating-point warning is raised. Complex x, for n = 0..200, has a relative error in the modulus\n"
    "below 6 (n + 2) 2^-53 at any imaginary part, beside zeros and the poles i pi (2k + 1) too.\n\n"
    "Examples\n--------\n"
    ">>> import numpy as np\n>>> import sigmajet as sj\n"
    ">>> sj.sigmoid([[0], [1], [10]], np.array([-20.0, 0.0, 20.0]))\n"
    "array([[ 2.06115362e-09,  5.00000000e-01,  9.99999998e-01],\n"
    "       [ 2.06115361e-09,  2.50000000e-01,  2.06115361e-09],\n"
    "       [ 2.06114927e-09, -0.00000000e+00, -2.06114927e-09]])\n";

constexpr const char* tanh =
    "The n-th derivative of tanh(x) = 2 s(2x) - 1, for n = 0..200." SIGMAJET_COMMON
    "2^(n+1) s^(n)(2x), with the accuracy and the limits of `sigmoid`; order 0 tends to -1 and 1 and\n"
    "keeps the sign of zero. Complex x is taken as by `sigmoid`.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.tanh(1, 0.0))\n1.0\n";

constexpr const char* softplus =
    "The n-th derivative of log(1 + exp(x)), for n = -7..201." SIGMAJET_COMMON
    "softplus(n, x) = sigmoid(n - 1, x). At complex x order 0 is the principal logarithm.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.softplus(0, -50.0))\n"
    "1.9287498479639178e-22\n";

constexpr const char* silu =
    "The n-th derivative of x s(x) = x/(1 + exp(-x)), for n = 0..200." SIGMAJET_COMMON
    "x s^(n) + n s^(n-1), added in double-double, beside zeros of the result in 256 bits: within 1 unit in the last\n"
    "place. Tends to 0 on the left, and on the right to infinity, 1 and 0 for n = 0, 1 and more. Complex x is\n"
    "taken as by `sigmoid`, but beside zeros of the result the two terms cancel.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.silu(1, 0.0))\n0.5\n";

constexpr const char* bose =
    "The n-th derivative of b(x) = 1/(1 - exp(-x)), for n = 0..200." SIGMAJET_COMMON
    "b solves b' = b(1 - b) as s does: the product of `sigmoid` with p = b(1 - b) < 0, where no factor\n"
    "vanishes. Within 1 unit in the last place. The Bose function 1/(exp(x) - 1) is -b(-x). The pole\n"
    "at 0 gives the infinity of the side that the sign of zero names. Complex x is taken as by `sigmoid`.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.bose(1, -0.0)), float(sj.bose(2, 0.0))\n"
    "(-inf, inf)\n";

constexpr const char* coth =
    "The n-th derivative of coth(x) = 2 b(2x) - 1, for n = 0..200." SIGMAJET_COMMON
    "2^(n+1) b^(n)(2x), with the accuracy and the pole of `bose`; order 0 tends to -1 and 1.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.coth(0, 1.0))\n1.3130352854993312\n";

constexpr const char* sigmoid_taylor =
    "s^(n)(x)/n!, the n-th Taylor coefficient of the sigmoid at x, for n = 0..600." SIGMAJET_COMMON
    "Nothing overflows. Within 1 unit in the last place: to order 200 from the zeros, beyond from the poles\n"
    "i pi (2k + 1), (-1)^n 2 Re sum_k (x - i pi (2k + 1))^-(n+1), beside its zeros in 256 bits.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.sigmoid_taylor(3, 0.0))\n"
    "-0.020833333333333332\n";

constexpr const char* log_sigmoid =
    "The n-th derivative of log(1/(1 + exp(-x))) = -softplus(-x), for n = 0..201." SIGMAJET_COMMON
    "With the accuracy of `softplus`: order 1 is s(-x), order n >= 2 is -s^(n-1)(x).\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.log_sigmoid(0, -800.0))\n-800.0\n";

constexpr const char* gaussian =
    "The n-th derivative of exp(-x^2/2), (-1)^n He_n(x) exp(-x^2/2), for n = 0..200." SIGMAJET_COMMON
    "The recurrence of the Hermite polynomials in double-double, in 256 bits beside their zeros: below 1 unit in\n"
    "the last place, there and in both tails too (docs/measurements/accuracy.md). Tends to 0; nan gives nan.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.gaussian(2, 0.0))\n-1.0\n";

constexpr const char* erf =
    "The n-th derivative of erf(x), for n = 0..200." SIGMAJET_COMMON
    "(-1)^(n-1) H_(n-1)(x) 2/sqrt(pi) exp(-x^2) for n >= 1, with the accuracy of `gaussian`. Order 0 tends to -1\n"
    "and 1, the others to 0; nan gives nan.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.erf(1, 0.0))\n1.1283791670955126\n";

constexpr const char* gelu =
    "The n-th derivative of x Phi(x), Phi the normal distribution function, for n = 0..200." SIGMAJET_COMMON
    "(-1)^n (He_(n-2)(x) - He_n(x)) exp(-x^2/2)/sqrt(2 pi) for n >= 2, with the accuracy of `gaussian`; order 1\n"
    "too, also beside its zero -0.7518. Order 0 tends to 0 on the left and to infinity on the right, order 1 to 0 and\n"
    "1, the others to 0; nan gives nan.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.gelu(1, 0.0))\n0.5\n";

constexpr const char* arctan =
    "The n-th derivative of arctan(x), for n = 0..200." SIGMAJET_COMMON
    "(-1)^(n-1) (n - 1)! Im (x - i)^-n for n >= 1, in double-double, in 256 bits beside its zeros cot(pi k/n): below\n"
    "1 unit in the last place. Order 0 tends to -pi/2 and pi/2, the others to 0; nan gives nan.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.arctan(1, 2.0))\n0.2\n";

constexpr const char* logit =
    "The n-th derivative of log(x/(1 - x)), the inverse of the sigmoid, for n = 0..200." SIGMAJET_COMMON
    "(n - 1)! ((1 - x)^-n - (-1)^n x^-n) for n >= 1, below 1 unit in the last place, beside the zero 1/2 of even\n"
    "orders too. Infinite at 0 and 1; nan outside of them.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.logit(1, 0.5))\n4.0\n";

constexpr const char* softsign =
    "The n-th derivative of x/(1 + |x|), for n = 0..200." SIGMAJET_COMMON
    "-n! (-1)^n (1 + |x|)^-(n+1) for x > 0, below 1 unit in the last place. At 0 even orders n >= 2 jump: the sign\n"
    "of zero names the side. Order 0 tends to -1 and 1, the others to 0; nan gives nan.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.softsign(1, 1.0))\n0.25\n";

constexpr const char* mish =
    "The n-th derivative of x tanh(log(1 + exp(x))), for n = 0..200." SIGMAJET_COMMON
    "x w^(n) + n w^(n-1) with w^(n)(x) = Re s^(n)(z) + Im s^(n)(z), z = x - log(2)/2 + i pi/4: the product of `sigmoid`\n"
    "at a complex point, in double-double, beside zeros of the result in 256 bits. Within 1 unit in the last place.\n"
    "Tends to 0 on the left, and on the right to infinity, 1 and 0 for n = 0, 1 and more; nan gives nan.\n\n"
    "Examples\n--------\n>>> import sigmajet as sj\n>>> float(sj.mish(1, 0.0))\n0.6\n";

#undef SIGMAJET_COMMON

}  // namespace sigmajet::docs
