#include "pruned.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace remap {

namespace {

constexpr size_t kFewestCentroids = 512;
constexpr size_t kCentroidsInGroup = 32;
constexpr size_t kGroupingRounds = 6;
constexpr size_t kVectorsAtOnce = 512;
constexpr size_t kRowsAtOnce = 96;
// Room for what rounding to float does to a bound: far more than it needs, far less than matters.
constexpr double kUp = 1 + 0x1p-20;
constexpr double kDown = 1 - 0x1p-20;

double norm(const float* x, size_t d) {
    double sum = 0;
    for (size_t j = 0; j < d; j++) sum += static_cast<double>(x[j]) * static_cast<double>(x[j]);
    return std::sqrt(sum);
}

size_t groupsFor(size_t d, size_t k) {
    return k < kFewestCentroids ? 0 : std::min(k / kCentroidsInGroup, std::max<size_t>(d / 2, 4));
}

}  // namespace

// What one block of vectors needs: the best so far, and rows gathered for a product.
struct PrunedNearest::Block {
    explicit Block(size_t d)
        : score(kVectorsAtOnce),
          row(kVectorsAtOnce),
          reach(kVectorsAtOnce),
          error(kVectorsAtOnce),
          limit(kVectorsAtOnce),
          chosen(kVectorsAtOnce),
          gathered(kRowsAtOnce * d),
          scores(kRowsAtOnce),
          rows(kRowsAtOnce) {}

    size_t from = 0;
    std::vector<float> score;
    std::vector<int32_t> row;
    std::vector<float> reach;   // no centroid farther than this has a score as low
    std::vector<double> error;  // of a score
    std::vector<float> limit;
    std::vector<uint32_t> chosen;
    std::vector<float> gathered;
    std::vector<float> scores;
    std::vector<int32_t> rows;
    size_t looked = 0;
};

PrunedNearest::PrunedNearest(const float* x, size_t n, size_t d, size_t k, const Kernels& kernels)
    : kernels_(kernels), x_(x), n_(n), d_(d), k_(k), groupCount_(groupsFor(d, k)), rows_(n) {
    if (groupCount_ == 0) return;
    norms_.reserve(n);
    for (size_t i = 0; i < n; i++) {
        norms_.push_back(norm(x + i * d, d));
        largestNorm_ = std::max(largestNorm_, norms_.back());
    }
}

double PrunedNearest::looked() const {
    return static_cast<double>(scores_) / (static_cast<double>(n_) * static_cast<double>(k_));
}

void PrunedNearest::assignAll(const float* centroids, int32_t* rows) {
    kernels_.nearest(x_, d_, n_, PackedMatrix::forDistances(centroids, k_, d_).view(), rows);
    scores_ = n_ * k_;
}

void PrunedNearest::assign(const float* centroids, int32_t* rows) {
    double largest = 0;
    for (size_t c = 0; groupCount_ > 0 && c < k_; c++) {
        largest = std::max(largest, norm(centroids + c * d_, d_));
    }
    // Where scores may overflow no bound holds.
    const double magnitude = (largestNorm_ + largest) * (largestNorm_ + largest);
    const bool first = before_.empty();
    if (groupCount_ == 0 || first || !(magnitude < 1e36)) {
        assignAll(centroids, rows);
        groups_.clear();
    } else {
        if (groups_.empty()) {
            regroup(centroids);
        } else {
            drift(centroids);
        }
        std::vector<PackedMatrix> packed;
        for (const Group& group : groups_) {
            std::vector<float> members;
            for (int32_t id : group.ids) {
                const float* c = centroids + static_cast<size_t>(id) * d_;
                members.insert(members.end(), c, c + d_);
            }
            packed.push_back(PackedMatrix::forDistances(members.data(), group.ids.size(), d_));
        }
        Block block(d_);
        // A score is off by g(d + 2) (|c|^2 / 2 + |x| |c|) at most, with g(n) = n u / (1 - n u),
        // u = 2^-24: one rounding of |c|^2 / 2, then d fused multiply-adds, each of which may also
        // lose 2^-150 to underflow.
        const double unit = 1.05 * static_cast<double>(d_ + 4) * 0x1p-24;
        for (size_t from = 0; from < n_; from += kVectorsAtOnce) {
            const size_t to = std::min(n_, from + kVectorsAtOnce);
            for (size_t i = from; i < to; i++) {
                block.error[i - from] = unit * largest * (largest / 2 + norms_[i]) +
                                        static_cast<double>(d_) * 0x1p-148;
            }
            assignBlock(block, packed, from, to, rows);
        }
        scores_ = block.looked;
    }
    before_.assign(centroids, centroids + k_ * d_);
    std::copy(rows, rows + n_, rows_.begin());
}

// A rough clustering of the centroids: any grouping is right, a good one is fast.
void PrunedNearest::regroup(const float* centroids) {
    std::vector<float> middles(groupCount_ * d_);
    for (size_t g = 0; g < groupCount_; g++) {
        std::copy_n(centroids + g * k_ / groupCount_ * d_, d_, middles.begin() + g * d_);
    }
    groupOf_.resize(k_);
    for (size_t round = 0; round < kGroupingRounds; round++) {
        kernels_.nearest(centroids, d_, k_,
                          PackedMatrix::forDistances(middles.data(), groupCount_, d_).view(),
                          groupOf_.data());
        std::vector<double> sums(groupCount_ * d_);
        std::vector<size_t> sizes(groupCount_);
        for (size_t c = 0; c < k_; c++) {
            const size_t g = static_cast<size_t>(groupOf_[c]);
            sizes[g]++;
            for (size_t j = 0; j < d_; j++) {
                sums[g * d_ + j] += static_cast<double>(centroids[c * d_ + j]);
            }
        }
        for (size_t g = 0; g < groupCount_; g++) {
            for (size_t j = 0; j < d_ && sizes[g] > 0; j++) {
                middles[g * d_ + j] =
                    static_cast<float>(sums[g * d_ + j] / static_cast<double>(sizes[g]));
            }
        }
    }
    groups_.assign(groupCount_, Group());
    for (size_t c = 0; c < k_; c++) {
        groups_[static_cast<size_t>(groupOf_[c])].ids.push_back(static_cast<int32_t>(c));
    }
    bounds_.assign(groupCount_ * n_, -std::numeric_limits<float>::infinity());
}

void PrunedNearest::drift(const float* centroids) {
    for (Group& group : groups_) {
        double most = 0;
        for (int32_t id : group.ids) {
            const size_t at = static_cast<size_t>(id) * d_;
            double sum = 0;
            for (size_t j = 0; j < d_; j++) {
                const double moved =
                    static_cast<double>(centroids[at + j]) - static_cast<double>(before_[at + j]);
                sum += moved * moved;
            }
            most = std::max(most, std::sqrt(sum));
        }
        group.drift += most * kUp;
    }
}

// Scores of the first n chosen vectors of a block with all centroids of a group.
void PrunedNearest::look(Block& block, const std::vector<PackedMatrix>& packed, size_t group,
                         size_t n) {
    const Group& members = groups_[group];
    const float drift = static_cast<float>(members.drift);
    block.looked += n * members.ids.size();
    for (size_t start = 0; start < n; start += kRowsAtOnce) {
        const size_t count = std::min(kRowsAtOnce, n - start);
        for (size_t i = 0; i < count; i++) {
            std::copy_n(x_ + (block.from + block.chosen[start + i]) * d_, d_,
                        block.gathered.begin() + static_cast<std::ptrdiff_t>(i * d_));
        }
        kernels_.nearestScores(block.gathered.data(), d_, count, packed[group].view(),
                                block.scores.data(), block.rows.data());
        for (size_t i = 0; i < count; i++) {
            const size_t at = block.chosen[start + i];
            const double square = norms_[block.from + at] * norms_[block.from + at];
            const double twice = 2 * static_cast<double>(block.scores[i]);
            const double error = 2 * block.error[at] + square * 0x1p-40;
            const float lower = std::sqrt(static_cast<float>(std::max(0.0, twice + square - error)));
            bounds_[group * n_ + block.from + at] = (lower + drift) * static_cast<float>(kDown);
            const int32_t id = members.ids[static_cast<size_t>(block.rows[i])];
            if (block.scores[i] < block.score[at] ||
                (block.scores[i] == block.score[at] && id < block.row[at])) {
                block.score[at] = block.scores[i];
                block.row[at] = id;
                block.reach[at] =
                    std::sqrt(static_cast<float>(std::max(0.0, twice + square + error))) *
                    static_cast<float>(kUp);
            }
        }
    }
}

void PrunedNearest::assignBlock(Block& block, const std::vector<PackedMatrix>& packed, size_t from,
                                size_t to, int32_t* rows) {
    const size_t n = to - from;
    block.from = from;
    std::fill_n(block.score.begin(), n, std::numeric_limits<float>::infinity());
    std::fill_n(block.row.begin(), n, std::numeric_limits<int32_t>::max());
    std::fill_n(block.reach.begin(), n, std::numeric_limits<float>::infinity());
    // The group of the last winner first: it tells how near the others have to be.
    std::vector<std::vector<uint32_t>> own(groupCount_);
    for (size_t i = 0; i < n; i++) {
        const size_t last = static_cast<size_t>(rows_[from + i]);
        own[static_cast<size_t>(groupOf_[last])].push_back(static_cast<uint32_t>(i));
    }
    for (size_t g = 0; g < groupCount_; g++) {
        std::copy(own[g].begin(), own[g].end(), block.chosen.begin());
        look(block, packed, g, own[g].size());
    }
    for (size_t g = 0; g < groupCount_; g++) {
        if (groups_[g].ids.empty()) continue;
        const float* bounds = bounds_.data() + g * n_ + from;
        const float drift = static_cast<float>(groups_[g].drift * kUp);
        size_t chosen = 0;
        for (size_t i = 0; i < n; i++) {
            block.chosen[chosen] = static_cast<uint32_t>(i);
            chosen += bounds[i] <= (block.reach[i] + drift) * static_cast<float>(kUp);
        }
        size_t left = 0;
        for (size_t i = 0; i < chosen; i++) {
            const uint32_t at = block.chosen[i];
            const size_t last = static_cast<size_t>(rows_[from + at]);
            block.chosen[left] = at;
            left += static_cast<size_t>(groupOf_[last]) != g;
        }
        look(block, packed, g, left);
    }
    std::copy_n(block.row.begin(), n, rows + from);
}

}  // namespace remap
