// Parallelism belongs to Java: what a native call runs in Faiss stays on its thread. For OpenBLAS
// see openblas_environment.cpp.
#pragma once

#include <omp.h>

namespace remap {

class SingleThreaded {
 public:
    SingleThreaded() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
    // The setting is per thread, and libtorch shares it.
    ~SingleThreaded() { omp_set_num_threads(before_); }
    SingleThreaded(const SingleThreaded&) = delete;
    SingleThreaded& operator=(const SingleThreaded&) = delete;

 private:
    int before_;
};

}  // namespace remap
