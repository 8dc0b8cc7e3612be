#include "candidates.h"

#include <algorithm>
#include <limits>

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

Candidates::Candidates(size_t queries, size_t k)
    : k_(k),
      capacity_(capacity(k)),
      states_(queries, State{std::numeric_limits<float>::infinity(), 0}),
      entries_(new Entry[queries * capacity_]) {}

// Keeps the order: of lists, and of entries inside each.
template <class Out>
void Candidates::drop(size_t query, const Out& out) {
    Entry* kept = std::remove_if(entries(query), end(query), out);
    states_[query].size = static_cast<uint32_t>(kept - entries(query));
}

namespace {

// Changes their order, or adds to them.
float kthSmallest(std::vector<float>& numbers, size_t k) {
    constexpr size_t kCounted = 64;
    if (k <= kCounted) {
        constexpr size_t lanes = PackedView::kLanes;
        numbers.resize((numbers.size() + lanes - 1) / lanes * lanes,
                       std::numeric_limits<float>::infinity());
        return kernels().kthSmallest(numbers.data(), numbers.size(), k);
    }
    auto kth = numbers.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(numbers.begin(), kth, numbers.end());
    return *kth;
}

}  // namespace

void Candidates::narrow(size_t query, std::vector<float>& uppers) {
    if (states_[query].size < k_ || k_ == 0) return;
    uppers.clear();
    for (const Entry* e = entries(query); e < end(query); e++) uppers.push_back(e->upper);
    shorten(query, kthSmallest(uppers, k_));
    drop(query, [reach = reach(query)](const Entry& e) { return e.lower > reach; });
}

void Candidates::measure(const IvfPq& index, const float* y, size_t query, ExactDistances& exact) {
    constexpr std::ptrdiff_t ahead = 8;
    Entry* const begin = entries(query);
    for (Entry* e = begin; e < end(query); e++) {
        if (end(query) - e > ahead) {
            __builtin_prefetch(index.codes(e[ahead].list) + e[ahead].entry * index.codeSize());
            __builtin_prefetch(index.keys(e[ahead].list) + e[ahead].entry);
        }
        if (e == begin || e->list != e[-1].list) exact.aim(y, e->list);
        // Equal bounds are a distance already.
        if (e->lower != e->upper) e->lower = e->upper = exact(e->entry);
    }
}

void Candidates::compact(const IvfPq& index, const float* y, size_t query, Scratch& scratch) {
    narrow(query, scratch.uppers);
    // Room for a quarter of k, or bounds are worth nothing here.
    if (states_[query].size + k_ / 4 + 24 <= capacity_) return;
    measure(index, y, query, scratch.exact);
    narrow(query, scratch.uppers);
    if (states_[query].size <= k_) return;
    // What is left over lies at one distance, the greatest: keys decide. Lists may share a key: then
    // as many of its entries go as have to.
    const float greatest = reach(query);
    std::vector<int64_t> keys;
    for (const Entry* e = entries(query); e < end(query); e++) {
        if (e->upper == greatest) keys.push_back(index.keys(e->list)[e->entry]);
    }
    const auto out = keys.end() - static_cast<std::ptrdiff_t>(states_[query].size - k_);
    std::nth_element(keys.begin(), out, keys.end());
    const int64_t lowest = *out;
    std::ptrdiff_t equal = std::count(out, keys.end(), lowest);
    drop(query, [&](const Entry& e) {
        if (e.upper != greatest) return false;
        const int64_t key = index.keys(e.list)[e.entry];
        return key > lowest || (key == lowest && equal-- > 0);
    });
}

std::vector<Nearest::Entry> Candidates::take(const IvfPq& index, const float* y, size_t query,
                                             Scratch& scratch) {
    narrow(query, scratch.uppers);
    measure(index, y, query, scratch.exact);
    std::vector<Nearest::Entry> nearest;
    nearest.reserve(states_[query].size);
    for (const Entry* e = entries(query); e < end(query); e++) {
        nearest.push_back({e->upper, index.keys(e->list)[e->entry]});
    }
    std::sort(nearest.begin(), nearest.end());
    nearest.resize(std::min(k_, nearest.size()));
    return nearest;
}

}  // namespace remap
