// OpenBLAS reads its environment when the library is loaded. Linked with --wrap=getenv, it sees
// this: one thread (otherwise it would start one per core), and one choice of kernels and block
// sizes on every CPU that has AVX2, so that OPQ is trained to the same bits on all of them.
#include <cstring>

extern "C" char* __real_getenv(const char* name);

extern "C" char* __wrap_getenv(const char* name) {
    static char one[] = "1", haswell[] = "Haswell", kilobytes[] = "512";
    if (std::strcmp(name, "OPENBLAS_NUM_THREADS") == 0) return one;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        if (std::strcmp(name, "OPENBLAS_CORETYPE") == 0) return haswell;
        if (std::strcmp(name, "OPENBLAS_L2_SIZE") == 0) return kilobytes;
    }
    return __real_getenv(name);
}
