#include "kernels.h"

namespace remap {

extern const Kernels kAvx512;
extern const Kernels kAvx2;
extern const Kernels kPortable;

namespace {

struct Available {
    const Kernels* sets[4] = {};
    Available() {
        __builtin_cpu_init();
        int count = 0;
        if (__builtin_cpu_supports("avx512f")) sets[count++] = &kAvx512;
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
            sets[count++] = &kAvx2;
        }
        sets[count] = &kPortable;
    }
};

const Available& available() {
    static const Available sets;
    return sets;
}

}  // namespace

const Kernels& kernels() { return *available().sets[0]; }

const Kernels* const* availableKernels() { return available().sets; }

}  // namespace remap
