// Many queries at once: list by list instead of query by query.
#pragma once

#include "ivf_pq.h"
#include "search.h"

namespace remap {

// How many of n queries searchBatch() should get at once, all calls alike: as many as fit 64 MiB with all it keeps for
// them, and at most 2^16. Beside that it keeps 8 bytes for each list, the scores of 96 queries for
// all lists, and a tile of 256 decoded entries.
size_t batchQueries(const IvfPq& index, size_t n, size_t k, size_t nprobe);

// The same bits as search(), whatever the other queries are. The codes of each list are decoded
// once for all its queries; a matrix product of decoded entries and the queries' residuals,
// bounded against rounding, tells which entries may be among the k nearest, and only these few get
// the distance that search() computes.
void searchBatch(const IvfPq& index, const float* queries, size_t n, size_t k, size_t nprobe,
                 int64_t* keys, float* distances, const Wanted& wanted = {});

}  // namespace remap
