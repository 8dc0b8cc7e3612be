#include "batch_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "candidates.h"
#include "kernels/vectors.h"

namespace remap {

namespace {

constexpr size_t kBatchBytes = size_t{64} << 20;
constexpr size_t kFewestQueries = 1;
constexpr size_t kMostQueries = 1 << 16;
constexpr size_t kEntriesAtOnce = 256;
constexpr size_t kRowsAtOnce = 384;
// Whole registers of 6 and of 8 vectors, the kernels' own blocks; their scores fit the first-level
// cache.
constexpr size_t kTileRows = 24;
constexpr size_t kAhead = 4;
constexpr size_t kProbesAtOnce = 96;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// How far the distance D' of search() and D" = |r|^2 + 2 (|p|^2 / 2 - <r, p>) of the matrix product
// may lie apart, as a multiple of |r|^2 + |p|^2; r is the residual as search() has it, p the
// decoded entry, D = |r - p|^2 <= 2 (|r|^2 + |p|^2) the truth, u = 2^-24, g(n) = n u / (1 - n u).
//   D' adds, for each of M parts, w squares of differences by fused multiply-adds, then the parts:
//     a difference is rounded once, so |D' - D| <= g(w + M + 2) D <= g(w + M + 2) 2 (|r|^2 + |p|^2).
//   D": |p|^2 / 2 adds M rounded halves, off by g(M + 2) |p|^2 / 2; the chain of d fused
//     multiply-adds is off by g(d) (|p|^2 / 2 + sum |r_j p_j|) <= g(d) (|r|^2 / 2 + |p|^2);
//     doubled: g(d + M + 3) 2 (|r|^2 + |p|^2). |r|^2 itself is off by g(d / 16 + 6) |r|^2.
//   In u: 2 w + 2 M + 4 + 2 d + 2 M + 6 + d / 16 + 6, and what rounding the bounds to float adds
//   (at most |D"| u each). 1 / (1 - n u) < 1.03 for every dimension up to 2^16.
double relativeError(const Codebook& book) {
    const double d = static_cast<double>(book.dimension());
    const double w = static_cast<double>(book.width), m = static_cast<double>(book.parts);
    return (2.5 * (d + w) + 5 * m + 64) * 0x1p-24;
}

// Bounds of the distances between one residual and some entries.
class Bounds {
 public:
    // `largest` is that of |p|^2 / 2 among the entries as it was rounded.
    Bounds(double squaredNorm, double largest, double relative, double tiny)
        : squaredNorm_(squaredNorm) {
        const double magnitude = squaredNorm + 2.1 * largest;
        error_ = magnitude * relative + tiny;
        // Beyond this, squares and sums may overflow: then all is possible.
        if (!(magnitude < 1e36)) error_ = kInfinity;
    }

    // No score above this belongs to a distance within reach.
    float highestScore(float reach) const {
        if (!(error_ < kInfinity) || !(reach < kInfinity)) {
            return std::numeric_limits<float>::infinity();
        }
        const double score = (static_cast<double>(reach) + error_ - squaredNorm_) / 2;
        return std::nextafter(static_cast<float>(score), std::numeric_limits<float>::infinity());
    }

    float lower(float score) const {
        if (!(error_ < kInfinity)) return -std::numeric_limits<float>::infinity();
        return static_cast<float>(squaredNorm_ + 2.0 * static_cast<double>(score) - error_);
    }

    float upper(float score) const {
        if (!(error_ < kInfinity)) return std::numeric_limits<float>::infinity();
        return static_cast<float>(squaredNorm_ + 2.0 * static_cast<double>(score) + error_);
    }

 private:
    double squaredNorm_;
    double error_;
};

class Batch {
 public:
    Batch(const IvfPq& index, const float* queries, size_t n, size_t k, size_t nprobe,
          const Wanted& wanted)
        : index_(index),
          book_(index.codebook()),
          d_(index.reducedDimension()),
          y_(index.transform(queries, n)),
          wanted_(wanted),
          scratch_(index),
          error_(relativeError(book_)),
          tiny_(static_cast<double>(d_) * 0x1p-146),
          wantedEntries_(std::min(k, index.size())),
          candidates_(n, wantedEntries_),
          numbers_(kEntriesAtOnce * book_.parts),
          values_(kEntriesAtOnce * d_),
          offsets_(kEntriesAtOnce),
          residuals_(kRowsAtOnce * d_),
          zeros_(d_),
          norms_(kRowsAtOnce),
          scores_(kTileRows * kEntriesAtOnce) {
        for (size_t i = 0; wanted.keys != nullptr && i < n; i++) {
            wanted_.distances[i] = std::numeric_limits<float>::infinity();
        }
        if (index.size() > 0) sortByList(n, nprobe);
    }

    void scan() {
        for (size_t list = 0; index_.size() > 0 && list < index_.lists(); list++) scanList(list);
    }

    std::vector<Nearest::Entry> take(size_t query) {
        return candidates_.take(index_, y(query), query, scratch_);
    }

 private:
    const float* y(size_t query) const { return y_.data() + query * d_; }

    // Queries by the lists that they probe: list i has those from starts_[i] to starts_[i + 1].
    void sortByList(size_t n, size_t nprobe) {
        std::vector<int32_t> probed;
        probed.reserve(n * nprobe);
        for (size_t from = 0; from < n; from += kProbesAtOnce) {
            std::vector<int32_t> some =
                index_.probe(y(from), std::min(kProbesAtOnce, n - from), nprobe);
            probed.insert(probed.end(), some.begin(), some.end());
        }
        starts_.resize(index_.lists() + 1);
        for (int32_t list : probed) {
            if (list >= 0) starts_[static_cast<size_t>(list) + 1]++;
        }
        for (size_t list = 0; list < index_.lists(); list++) starts_[list + 1] += starts_[list];
        probes_.resize(starts_.back());
        std::vector<uint32_t> next(starts_.begin(), starts_.end() - 1);
        for (size_t i = 0; i < probed.size(); i++) {
            if (probed[i] < 0) continue;
            probes_[next[static_cast<size_t>(probed[i])]++] = static_cast<uint32_t>(i / nprobe);
        }
    }

    void scanList(size_t list) {
        const uint32_t* queries = probes_.data() + starts_[list];
        const size_t n = starts_[list + 1] - starts_[list];
        if (index_.listSize(list) == 0) return;
        for (size_t i = 0; wanted_.keys != nullptr && i < n; i++) lookUp(list, queries[i]);
        for (size_t i = 0; i < n; i += kRowsAtOnce) {
            scanFor(list, queries + i, std::min(kRowsAtOnce, n - i));
        }
    }

    void scanFor(size_t list, const uint32_t* queries, size_t n) {
        for (size_t i = 0; i < n; i++) {
            if (i + kAhead < n) prefetch(y(queries[i + kAhead]));
            float* residual = residuals_.data() + i * d_;
            index_.residual(y(queries[i]), list, residual);
            norms_[i] = kernels().squaredDistance(residual, zeros_.data(), d_);
        }
        for (size_t from = 0; from < index_.listSize(list); from += kEntriesAtOnce) {
            const size_t size = std::min(kEntriesAtOnce, index_.listSize(list) - from);
            index_.numbers(index_.codes(list) + from * index_.codeSize(), size, numbers_.data());
            decodePacked(numbers_.data(), size, book_, values_.data(), offsets_.data());
            const float largest = *std::max_element(offsets_.begin(), offsets_.begin() + size);
            for (size_t i = 0; i < n; i += kTileRows) {
                scanTile({list, from, size, largest}, queries, i, std::min(n, i + kTileRows));
            }
        }
    }

    void prefetch(const float* row) const {
        constexpr size_t line = 64 / sizeof(float);
        for (size_t j = 0; j < d_; j += line) __builtin_prefetch(row + j);
    }

    // Entries of a list, decoded.
    struct Tile {
        size_t list;
        size_t from;
        size_t size;
        float largest;  // of |p|^2 / 2
    };

    void scanTile(const Tile& tile, const uint32_t* queries, size_t from, size_t to) {
        for (size_t i = from; i < to; i++) candidates_.prefetch(queries[i]);
        const size_t blocks = (tile.size + PackedView::kLanes - 1) / PackedView::kLanes;
        const size_t width = blocks * PackedView::kLanes;
        kernels().scores(residuals_.data() + from * d_, d_, to - from,
                         {tile.size, d_, blocks, values_.data(), offsets_.data()}, scores_.data(),
                         width);
        for (size_t i = from; i < to; i++) {
            const Bounds bounds(static_cast<double>(norms_[i]), static_cast<double>(tile.largest),
                                error_, tiny_);
            const float* scores = scores_.data() + (i - from) * width;
            if (candidates_.reach(queries[i]) == std::numeric_limits<float>::infinity()) {
                const float bound = boundOfSmallest(scores, width, wantedEntries_);
                candidates_.shorten(queries[i], bounds.upper(bound));
            }
            const float highest = bounds.highestScore(candidates_.reach(queries[i]));
            uint32_t places[kEntriesAtOnce];
            const size_t found = kernels().notAbove(scores, width, highest, places);
            if (found > 0) collect(tile, scores, places, found, bounds, queries[i]);
        }
    }

    void collect(const Tile& tile, const float* scores, const uint32_t* places, size_t found,
                 const Bounds& bounds, uint32_t query) {
        float highest = bounds.highestScore(candidates_.reach(query));
        for (size_t i = 0; i < found; i++) {
            const size_t place = places[i];
            if (place >= tile.size || scores[place] > highest) continue;
            candidates_.add(query, {bounds.lower(scores[place]), bounds.upper(scores[place]),
                            static_cast<uint32_t>(tile.list),
                            static_cast<uint32_t>(tile.from + place)});
            if (candidates_.full(query)) {
                candidates_.compact(index_, y(query), query, scratch_);
                highest = bounds.highestScore(candidates_.reach(query));
            }
        }
    }

    // Keys of a list ascend.
    void lookUp(size_t list, uint32_t query) {
        const int64_t* begin = index_.keys(list);
        const int64_t* end = begin + index_.listSize(list);
        const int64_t* found = std::lower_bound(begin, end, wanted_.keys[query]);
        if (found == end || *found != wanted_.keys[query]) return;
        scratch_.exact.aim(y(query), list);
        const float distance = scratch_.exact(static_cast<size_t>(found - begin));
        wanted_.distances[query] = std::min(wanted_.distances[query], distance);
    }

    const IvfPq& index_;
    const Codebook book_;
    const size_t d_;
    const std::vector<float> y_;
    const Wanted wanted_;
    Candidates::Scratch scratch_;
    const double error_;
    const double tiny_;  // below 2^-126 a product is off by up to 2^-150 whatever its size
    const size_t wantedEntries_;
    Candidates candidates_;
    std::vector<uint32_t> starts_;
    std::vector<uint32_t> probes_;
    std::vector<uint8_t> numbers_;
    std::vector<float> values_;
    std::vector<float> offsets_;
    std::vector<float> residuals_;
    const std::vector<float> zeros_;
    std::vector<float> norms_;  // squared, of the residuals
    std::vector<float> scores_;
};

}  // namespace

size_t batchQueries(const IvfPq& index, size_t n, size_t k, size_t nprobe) {
    const size_t d = 2 * index.dimension() + index.reducedDimension();
    const size_t found = std::min(k, index.size());
    const size_t bytes = d * sizeof(float) + nprobe * 2 * sizeof(uint32_t) + Candidates::bytes(found) +
                         k * (sizeof(int64_t) + sizeof(float));
    const size_t room = std::clamp(kBatchBytes / bytes, kFewestQueries, kMostQueries);
    // Of one size, as a small one at the end would have each list read for a few.
    const size_t batches = std::max<size_t>((n + room - 1) / room, 1);
    return std::max<size_t>((n + batches - 1) / batches, 1);
}

void searchBatch(const IvfPq& index, const float* queries, size_t n, size_t k, size_t nprobe,
                 int64_t* keys, float* distances, const Wanted& wanted) {
    Batch batch(index, queries, n, k, nprobe, wanted);
    batch.scan();
    for (size_t i = 0; i < n; i++) {
        const std::vector<Nearest::Entry> found = batch.take(i);
        for (size_t j = 0; j < k; j++) {
            const bool padding = j >= found.size();
            keys[i * k + j] = padding ? -1 : found[j].key;
            distances[i * k + j] =
                padding ? std::numeric_limits<float>::infinity() : found[j].distance;
        }
    }
}

}  // namespace remap
