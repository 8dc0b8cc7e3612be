#include "vectors.h"

#include <algorithm>
#include <utility>

#include "kernels.h"

namespace remap {

namespace {

bool usable(float component) {
    // False for NaN too.
    return component >= -kLargestComponent && component <= kLargestComponent;
}

}  // namespace

size_t firstUnusable(const float* x, size_t n) {
    constexpr size_t kBlock = 64;
    size_t i = 0;
    for (; i + kBlock <= n; i += kBlock) {
        int good = 1;
        for (size_t j = i; j < i + kBlock; j++) good &= usable(x[j]);
        if (!good) break;
    }
    while (i < n && usable(x[i])) i++;
    return i;
}

float boundOfSmallest(const float* numbers, size_t n, size_t k) {
    if (k > kMinima || k == 0) return std::numeric_limits<float>::infinity();
    float least[kMinima];
    kernels().minima(numbers, n, least);
    return kernels().kthSmallest(least, kMinima, k);
}

void Nearest::offer(float distance, int64_t key) {
    Entry entry{distance, key};
    if (heap_.size() < k_) {
        heap_.push_back(entry);
        std::push_heap(heap_.begin(), heap_.end());
    } else if (entry < heap_[0]) {
        std::pop_heap(heap_.begin(), heap_.end());
        heap_.back() = entry;
        std::push_heap(heap_.begin(), heap_.end());
    }
}

std::vector<Nearest::Entry> Nearest::take() {
    std::sort_heap(heap_.begin(), heap_.end());
    return std::exchange(heap_, {});
}

}  // namespace remap
