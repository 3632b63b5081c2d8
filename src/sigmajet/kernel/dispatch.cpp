// Which of the compiled loops this processor can run.
#include "sigmoid_loops.hpp"

namespace sigmajet {

namespace baseline {
extern const Loops loops;
}
#if defined(SIGMAJET_X86_64)
namespace x86_64_v3 {
extern const Loops loops;
}
namespace x86_64_v4 {
extern const Loops loops;
}
#endif

const Loops* const* usable_loops() {
    static const Loops* found[4] = {};
    if (found[0]) return found;
    const Loops** next = found;
#if defined(SIGMAJET_X86_64)
    __builtin_cpu_init();
    const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi2");
    if (v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        *next++ = &x86_64_v4::loops;
    if (v3) *next++ = &x86_64_v3::loops;
#endif
    *next++ = &baseline::loops;
    return found;
}

const Loops& fastest_loops() { return *usable_loops()[0]; }

}  // namespace sigmajet
