#include "search.h"

#include <algorithm>
#include <limits>

#include "errors.h"
#include "kernels/vectors.h"

namespace remap {

namespace {

constexpr size_t kQueriesAtOnce = 16;
constexpr size_t kCodesAtOnce = 256;

void scanList(const IvfPq& index, size_t list, const float* table, Nearest& nearest) {
    float distances[kCodesAtOnce];
    const size_t size = index.listSize(list);
    const int64_t* keys = index.keys(list);
    const uint8_t* codes = index.codes(list);
    for (size_t i = 0; i < size; i += kCodesAtOnce) {
        size_t n = std::min(kCodesAtOnce, size - i);
        index.distances(codes + i * index.codeSize(), n, table, distances);
        for (size_t j = 0; j < n; j++) {
            if (nearest.admits(distances[j])) nearest.offer(distances[j], keys[i + j]);
        }
    }
}

// Keys of a list ascend.
void lookUp(const IvfPq& index, size_t list, const float* table, int64_t key, float* nearest) {
    const int64_t* begin = index.keys(list);
    const int64_t* end = begin + index.listSize(list);
    const int64_t* found = std::lower_bound(begin, end, key);
    if (found == end || *found != key) return;
    const size_t entry = static_cast<size_t>(found - begin);
    float distance;
    index.distances(index.codes(list) + entry * index.codeSize(), 1, table, &distance);
    *nearest = std::min(*nearest, distance);
}

void searchOne(const IvfPq& index, const float* y, const int32_t* lists, size_t nprobe, size_t k,
               std::vector<float>& table, int64_t* keys, float* distances, const Wanted& wanted) {
    if (wanted.keys != nullptr) *wanted.distances = std::numeric_limits<float>::infinity();
    Nearest nearest(std::min(k, index.size()));
    for (size_t i = 0; i < nprobe && index.size() > 0; i++) {
        if (lists[i] < 0 || index.listSize(static_cast<size_t>(lists[i])) == 0) continue;
        size_t list = static_cast<size_t>(lists[i]);
        index.fillTable(y, list, table);
        scanList(index, list, table.data(), nearest);
        if (wanted.keys != nullptr) {
            lookUp(index, list, table.data(), *wanted.keys, wanted.distances);
        }
    }
    std::vector<Nearest::Entry> found = nearest.take();
    for (size_t i = 0; i < k; i++) {
        bool padding = i >= found.size();
        keys[i] = padding ? -1 : found[i].key;
        distances[i] = padding ? std::numeric_limits<float>::infinity() : found[i].distance;
    }
}

}  // namespace

void search(const IvfPq& index, const float* queries, size_t n, size_t k, size_t nprobe,
            int64_t* keys, float* distances, const Wanted& wanted) {
    const size_t d = index.reducedDimension();
    std::vector<float> table;
    for (size_t from = 0; from < n; from += kQueriesAtOnce) {
        size_t count = std::min(kQueriesAtOnce, n - from);
        std::vector<float> y = index.transform(queries + from * index.dimension(), count);
        std::vector<int32_t> lists = index.probe(y.data(), count, nprobe);
        for (size_t i = 0; i < count; i++) {
            Wanted one;
            if (wanted.keys != nullptr) {
                one = {wanted.keys + from + i, wanted.distances + from + i};
            }
            searchOne(index, y.data() + i * d, lists.data() + i * nprobe, nprobe, k, table,
                      keys + (from + i) * k, distances + (from + i) * k, one);
        }
    }
}

}  // namespace remap
