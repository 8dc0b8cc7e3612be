#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
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

// For each of some queries the entries that may be among its k nearest, each with bounds of its
// distance. Whatever is left out lies, by its lower bound, beyond k entries' upper bounds, or comes
// after k entries by its distance and key.
class Candidates {
 public:
    struct Entry {
        float lower;
        float upper;
        uint32_t list;
        uint32_t entry;
    };

    // What all queries of a search share.
    struct Scratch {
        explicit Scratch(const IvfPq& index) : exact(index) {}
        ExactDistances exact;
        std::vector<float> uppers;
    };

    static size_t capacity(size_t k) { return k + k / 2 + 48; }
    // That of a query.
    static size_t bytes(size_t k) { return capacity(k) * sizeof(Entry) + sizeof(State); }

    Candidates(size_t queries, size_t k);

    // What lies beyond this cannot be among the k nearest.
    float reach(size_t query) const { return states_[query].reach; }
    // At least k entries lie within `reach`, and are here or will be added.
    void shorten(size_t query, float reach) {
        states_[query].reach = std::min(states_[query].reach, reach);
    }

    // A call soon will add entries.
    void prefetch(size_t query) const {
        const Entry* end = entries(query) + states_[query].size;
        __builtin_prefetch(end, 1);
        __builtin_prefetch(end + 4, 1);
    }

    void add(size_t query, const Entry& entry) { entries(query)[states_[query].size++] = entry; }
    bool full(size_t query) const { return states_[query].size >= capacity_; }

    // Drops what cannot be among the k nearest; where bounds do not tell enough of them apart,
    // their distances do.
    void compact(const IvfPq& index, const float* y, size_t query, Scratch& scratch);

    // The k nearest, ascending by (distance, key).
    std::vector<Nearest::Entry> take(const IvfPq& index, const float* y, size_t query,
                                     Scratch& scratch);

 private:
    // Small, and side by side, as every query's is asked in every list.
    struct State {
        float reach;
        uint32_t size;
    };

    Entry* entries(size_t query) const { return entries_.get() + query * capacity_; }
    Entry* end(size_t query) const { return entries(query) + states_[query].size; }
    template <class Out>
    void drop(size_t query, const Out& out);
    void narrow(size_t query, std::vector<float>& uppers);
    void measure(const IvfPq& index, const float* y, size_t query, ExactDistances& exact);

    size_t k_;
    size_t capacity_;
    std::vector<State> states_;
    std::unique_ptr<Entry[]> entries_;  // capacity_ of a query
};

}  // namespace remap
