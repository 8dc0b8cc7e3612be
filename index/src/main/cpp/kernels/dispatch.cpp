#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "kernels.h"

namespace remap {

extern const Kernels kAvx512Bf16;
extern const Kernels kAvx512;
extern const Kernels kAvx2;
extern const Kernels kPortable;

namespace {

struct Available {
    const Kernels* sets[5] = {};
    Available() {
        __builtin_cpu_init();
        int count = 0;
        const bool avx512 = __builtin_cpu_supports("avx512f");
        if (avx512 && __builtin_cpu_supports("avx512bf16")) sets[count++] = &kAvx512Bf16;
        if (avx512) sets[count++] = &kAvx512;
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

const Kernels& chosen() {
    const char* wanted = std::getenv("REMAP_KERNELS");
    if (wanted == nullptr || *wanted == 0) return *available().sets[0];
    std::string names;
    for (const Kernels* const* set = available().sets; *set != nullptr; set++) {
        if (std::strcmp((*set)->name, wanted) == 0) return **set;
        names += names.empty() ? (*set)->name : std::string(", ") + (*set)->name;
    }
    throw std::invalid_argument(std::string("REMAP_KERNELS is '") + wanted +
                                "' in the environment: this CPU runs " + names);
}

}  // namespace

const Kernels& kernels() {
    static const Kernels& set = chosen();
    return set;
}

const Kernels* const* availableKernels() { return available().sets; }

}  // namespace remap
