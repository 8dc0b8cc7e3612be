// What makes a vector acceptable, and the k best of many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace remap {

// Components beyond this are no coordinates of anything near unit length; their squares could
// overflow.
constexpr float kLargestComponent = 1e9f;

// Index of the first component that is NaN, infinite or beyond kLargestComponent; n if none is.
size_t firstUnusable(const float* x, size_t n);

// At least k of n numbers, a multiple of 16, are not above this; +infinity if they do not tell.
// About as low as can be for k up to a fourth of kMinima; none for k beyond it.
float boundOfSmallest(const float* numbers, size_t n, size_t k);

// Keeps the k smallest (distance, key) pairs, in that order: equal distances by ascending key.
class Nearest {
 public:
    struct Entry {
        float distance;
        int64_t key;
        bool operator<(const Entry& other) const {
            return distance < other.distance || (distance == other.distance && key < other.key);
        }
    };

    explicit Nearest(size_t k) : k_(k) { heap_.reserve(k); }

    // False for what cannot enter any more, at the price of one comparison.
    bool admits(float distance) const { return heap_.size() < k_ || distance <= heap_[0].distance; }
    void offer(float distance, int64_t key);

    // What lies beyond this is not admitted.
    float reach() const {
        return heap_.size() < k_ ? std::numeric_limits<float>::infinity() : heap_[0].distance;
    }

    // Ascending; leaves nothing behind.
    std::vector<Entry> take();

 private:
    size_t k_;
    std::vector<Entry> heap_;
};

}  // namespace remap
