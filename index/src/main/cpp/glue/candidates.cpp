#include "candidates.h"

#include <algorithm>

#include "kernels/kernels.h"

namespace remap {

ExactDistances::ExactDistances(const IvfPq& index)
    : index_(index), residual_(index.reducedDimension()), numbers_(index.codebook().parts) {}

void ExactDistances::aim(const float* y, size_t list) {
    index_.residual(y, list, residual_.data());
    codes_ = index_.codes(list);
}

float ExactDistances::operator()(size_t entry) {
    const Codebook book = index_.codebook();
    index_.numbers(codes_ + entry * index_.codeSize(), 1, numbers_.data());
    return kernels().codeDistance(residual_.data(), book.tables, book.rows, book.parts, book.width,
                                  numbers_.data());
}

// Keeps the order: of lists, and of entries inside each.
void Candidates::narrow(std::vector<float>& uppers) {
    if (entries_.size() < k_ || k_ == 0) return;
    uppers.clear();
    for (const Entry& e : entries_) uppers.push_back(e.upper);
    auto kth = uppers.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(uppers.begin(), kth, uppers.end());
    reach_ = std::min(reach_, *kth);
    entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                  [this](const Entry& e) { return e.lower > reach_; }),
                   entries_.end());
}

void Candidates::measure(const IvfPq& index, const float* y, ExactDistances& exact) {
    constexpr size_t ahead = 8;
    for (size_t i = 0; i < entries_.size(); i++) {
        if (i + ahead < entries_.size()) {
            const Entry& e = entries_[i + ahead];
            __builtin_prefetch(index.codes(e.list) + e.entry * index.codeSize());
            __builtin_prefetch(index.keys(e.list) + e.entry);
        }
        Entry& e = entries_[i];
        if (i == 0 || e.list != entries_[i - 1].list) exact.aim(y, e.list);
        // Equal bounds are a distance already.
        if (e.lower != e.upper) e.lower = e.upper = exact(e.entry);
    }
}

void Candidates::compact(const IvfPq& index, const float* y, Scratch& scratch) {
    narrow(scratch.uppers);
    // Room for a quarter of k, or bounds are worth nothing here.
    if (entries_.size() + k_ / 4 + 24 <= capacity(k_)) return;
    measure(index, y, scratch.exact);
    narrow(scratch.uppers);
    if (entries_.size() <= k_) return;
    // What is left over lies at one distance, the greatest: keys decide.
    std::vector<int64_t> keys;
    for (const Entry& e : entries_) {
        if (e.upper == reach_) keys.push_back(index.keys(e.list)[e.entry]);
    }
    auto last = keys.end() - static_cast<std::ptrdiff_t>(entries_.size() - k_ + 1);
    std::nth_element(keys.begin(), last, keys.end());
    entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& e) {
                                      return e.upper == reach_ &&
                                             index.keys(e.list)[e.entry] > *last;
                                  }),
                   entries_.end());
}

std::vector<Nearest::Entry> Candidates::take(const IvfPq& index, const float* y,
                                             Scratch& scratch) {
    narrow(scratch.uppers);
    measure(index, y, scratch.exact);
    std::vector<Nearest::Entry> nearest;
    nearest.reserve(entries_.size());
    for (const Entry& e : entries_) nearest.push_back({e.upper, index.keys(e.list)[e.entry]});
    entries_ = {};
    std::sort(nearest.begin(), nearest.end());
    nearest.resize(std::min(k_, nearest.size()));
    return nearest;
}

}  // namespace remap
