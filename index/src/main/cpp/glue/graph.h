// HNSW over centroids: Faiss's graph and search, our distances.
#pragma once

#include <faiss/IndexHNSW.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace remap {

// A graph over n centroids, the same bits each time.
std::unique_ptr<faiss::IndexHNSWFlat> buildGraph(const float* centroids, size_t n, size_t d,
                                                 size_t links);

// The k nearest nodes of each of n vectors, each found by a search of its own; -1 where there are
// fewer.
std::vector<int32_t> searchGraph(const faiss::IndexHNSWFlat& graph, const float* y, size_t n,
                                 size_t k);

}  // namespace remap
