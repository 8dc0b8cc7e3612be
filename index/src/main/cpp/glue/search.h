#pragma once

#include "ivf_pq.h"

namespace remap {

// The k nearest entries of each of n vectors in the nprobe nearest lists: keys and squared
// distances, n * k each, ascending by (distance, key), padded with key -1 at distance +infinity.
// Throws std::invalid_argument for k or nprobe out of range.
void search(const IvfPq& index, const float* queries, size_t n, size_t k, size_t nprobe,
            int64_t* keys, float* distances);

}  // namespace remap
