#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "ivf_pq.h"
#include "kernels/vectors.h"

namespace remap {

// Distances of single entries as search() computes them, to the last bit.
class ExactDistances {
 public:
    explicit ExactDistances(const IvfPq& index);

    // Of what the next distances are: of a transformed vector to entries of one list.
    void aim(const float* y, size_t list);

    float operator()(size_t entry);

 private:
    const IvfPq& index_;
    const uint8_t* codes_ = nullptr;
    std::vector<float> residual_;
    std::vector<uint8_t> numbers_;
};

// Entries that may be among the k nearest of one query, each with bounds of its distance. Whatever
// is left out lies, by its lower bound, beyond k entries' upper bounds.
class Candidates {
 public:
    struct Entry {
        float lower;
        float upper;
        uint32_t list;
        uint32_t entry;
    };

    // What all candidates of a search share.
    struct Scratch {
        explicit Scratch(const IvfPq& index) : exact(index) {}
        ExactDistances exact;
        std::vector<float> uppers;
    };

    static size_t capacity(size_t k) { return k + k / 2 + 48; }

    // Memory comes with the first entries.
    explicit Candidates(size_t k = 0) : k_(k) {}

    // What lies beyond this cannot be among the k nearest.
    float reach() const { return reach_; }

    void add(const Entry& entry) {
        if (entries_.capacity() == 0) entries_.reserve(capacity(k_));
        entries_.push_back(entry);
    }
    bool full() const { return entries_.size() >= capacity(k_); }

    // Drops what cannot be among the k nearest; where bounds do not tell enough of them apart,
    // their distances do.
    void compact(const IvfPq& index, const float* y, Scratch& scratch);

    // The k nearest, ascending by (distance, key); leaves nothing behind.
    std::vector<Nearest::Entry> take(const IvfPq& index, const float* y, Scratch& scratch);

 private:
    void narrow(std::vector<float>& uppers);
    void measure(const IvfPq& index, const float* y, ExactDistances& exact);

    size_t k_;
    float reach_ = std::numeric_limits<float>::infinity();
    std::vector<Entry> entries_;
};

}  // namespace remap
