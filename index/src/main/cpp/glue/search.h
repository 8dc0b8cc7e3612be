#pragma once

#include "ivf_pq.h"

namespace remap {

// One key for each of n vectors, and where its distance goes: that of the vector to the entry
// under the key, the nearest if lists share it, +infinity if none that is searched has it.
struct Wanted {
    const int64_t* keys = nullptr;  // null: none are wanted
    float* distances = nullptr;
};

// The k nearest entries of each of n vectors in the nprobe nearest lists: keys and squared
// distances, n * k each, ascending by (distance, key), padded with key -1 at distance +infinity.
// Throws std::invalid_argument for k or nprobe out of range.
void search(const IvfPq& index, const float* queries, size_t n, size_t k, size_t nprobe,
            int64_t* keys, float* distances, const Wanted& wanted = {});

}  // namespace remap
