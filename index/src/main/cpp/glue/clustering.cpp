#include "clustering.h"

#include <faiss/Clustering.h>
#include <faiss/utils/random.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "errors.h"
#include "kernels/packed.h"
#include "kernels/pruned.h"

namespace remap {

KernelIndex::KernelIndex(size_t dimension, Listener listener)
    : faiss::IndexFlatL2(static_cast<idx_t>(dimension)), listener_(std::move(listener)) {}

void KernelIndex::search(idx_t n, const float* x, idx_t k, float* distances, idx_t* labels,
                         const faiss::SearchParameters*) const {
    if (k != 1) throw std::invalid_argument("KernelIndex finds one neighbour only");
    const size_t dimension = static_cast<size_t>(d);
    const size_t size = static_cast<size_t>(n);
    std::vector<int32_t> rows(size);
    nearest(size, x, rows.data());
    double total = 0;
    for (size_t i = 0; i < size; i++) {
        const float* centroid = get_xb() + static_cast<size_t>(rows[i]) * dimension;
        float sum = 0;
        for (size_t j = 0; j < dimension; j++) {
            float difference = x[i * dimension + j] - centroid[j];
            sum += difference * difference;
        }
        labels[i] = rows[i];
        distances[i] = sum;
        total += sum;
    }
    if (listener_) listener_(total / static_cast<double>(size));
}

void KernelIndex::nearest(size_t n, const float* x, int32_t* rows) const {
    const size_t dimension = static_cast<size_t>(d);
    PackedMatrix packed =
        PackedMatrix::forDistances(get_xb(), static_cast<size_t>(ntotal), dimension);
    kernels().nearest(x, dimension, n, packed.view(), rows);
}

namespace {

// For the same vectors again and again.
class PrunedIndex : public KernelIndex {
 public:
    PrunedIndex(const float* x, size_t n, size_t dimension, size_t k, Listener listener)
        : KernelIndex(dimension, std::move(listener)), pruned_(x, n, dimension, k, kernels()) {}

 protected:
    void nearest(size_t, const float*, int32_t* rows) const override {
        pruned_.assign(get_xb(), rows);
    }

 private:
    mutable PrunedNearest pruned_;
};

// As many as faiss::Clustering uses, the same ones.
std::vector<float> sampled(const float* x, size_t n, size_t d, size_t count, int seed) {
    std::vector<int> order(n);
    faiss::rand_perm(order.data(), n, seed);
    std::vector<float> sample;
    sample.reserve(count * d);
    for (size_t i = 0; i < count; i++) {
        const float* row = x + static_cast<size_t>(order[i]) * d;
        sample.insert(sample.end(), row, row + d);
    }
    return sample;
}

}  // namespace

std::vector<float> lloyd(const float* x, size_t n, size_t d, size_t k, int iterations, int seed,
                         const KernelIndex::Listener& listener, const std::vector<float>& start,
                         double leastGain) {
    faiss::ClusteringParameters parameters;
    // One at a time, each from the centroids of the one before.
    parameters.niter = 1;
    parameters.seed = seed;
    // Faiss warns on stderr below this; whether the sample is large enough is checked before.
    parameters.min_points_per_centroid = 1;
    const size_t most = k * static_cast<size_t>(parameters.max_points_per_centroid);
    if (n > most) {
        std::vector<float> sample = sampled(x, n, d, most, seed);
        return lloyd(sample.data(), most, d, k, iterations, seed, listener, start, leastGain);
    }
    faiss::Clustering clustering(static_cast<int>(d), static_cast<int>(k), parameters);
    clustering.centroids = start;
    double mean = std::numeric_limits<double>::infinity();
    PrunedIndex index(x, n, d, k, [&](double found) {
        mean = found;
        if (listener) listener(found);
    });
    for (int i = 0; i < iterations; i++) {
        const std::vector<float> before = clustering.centroids;
        const double last = mean;
        clustering.train(static_cast<faiss::Index::idx_t>(n), x, index);
        if (clustering.centroids == before) break;
        if (leastGain > 0 && last - mean < leastGain * last) break;
    }
    return std::move(clustering.centroids);
}

NearestSoFar::NearestSoFar(const float* x, size_t n, size_t d)
    : x_(x),
      d_(d),
      scores_(n, std::numeric_limits<float>::infinity()),
      rows_(n),
      distances_(n, std::numeric_limits<float>::infinity()) {}

void NearestSoFar::offer(const float* centroids, size_t k) {
    const size_t n = rows_.size();
    std::vector<float> scores(n);
    std::vector<int32_t> rows(n);
    kernels().nearestScores(x_, d_, n, PackedMatrix::forDistances(centroids, k, d_).view(),
                            scores.data(), rows.data());
    for (size_t i = 0; i < n; i++) {
        if (offered_ > 0 && !(scores[i] < scores_[i])) continue;
        scores_[i] = scores[i];
        rows_[i] = static_cast<int32_t>(offered_) + rows[i];
        const float* centroid = centroids + static_cast<size_t>(rows[i]) * d_;
        distances_[i] = kernels().squaredDistance(x_ + i * d_, centroid, d_);
    }
    offered_ += k;
}

namespace {

// k split in proportion to the sizes: at least one for each that is not empty, never more than it
// has vectors. What rounding leaves over goes to the largest remainders, ties to the first.
std::vector<size_t> shares(const std::vector<size_t>& sizes, size_t k) {
    const size_t n = std::accumulate(sizes.begin(), sizes.end(), size_t{0});
    std::vector<size_t> share(sizes.size());
    size_t given = 0;
    for (size_t i = 0; i < sizes.size(); i++) {
        double exact =
            static_cast<double>(sizes[i]) * static_cast<double>(k) / static_cast<double>(n);
        share[i] = std::min(sizes[i], std::max<size_t>(static_cast<size_t>(exact), sizes[i] > 0));
        given += share[i];
    }
    auto vectorsEach = [&](size_t i) {
        return static_cast<double>(sizes[i]) / static_cast<double>(share[i]);
    };
    while (given != k) {
        // One step at a time: the rounding leaves at most sqrt(k) of them.
        size_t best = sizes.size();
        for (size_t i = 0; i < sizes.size(); i++) {
            bool possible = given < k ? share[i] < sizes[i] : share[i] > 1;
            if (!possible) continue;
            if (best == sizes.size() || (given < k ? vectorsEach(i) > vectorsEach(best)
                                                   : vectorsEach(i) < vectorsEach(best))) {
                best = i;
            }
        }
        share[best] += given < k ? 1 : -1;
        given += given < k ? 1 : -1;
    }
    return share;
}

}  // namespace

std::vector<float> twoLevel(const float* x, size_t n, size_t d, size_t k, int iterations, int seed,
                            const std::function<void(const std::string&)>& progress) {
    const size_t coarse = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(k))));
    std::vector<float> first = lloyd(x, n, d, coarse, iterations, seed, {});
    std::vector<int32_t> group(n);
    kernels().nearest(x, d, n, PackedMatrix::forDistances(first.data(), coarse, d).view(),
                      group.data());
    std::vector<size_t> sizes(coarse);
    for (int32_t g : group) sizes[static_cast<size_t>(g)]++;
    const std::vector<size_t> share = shares(sizes, k);
    progress(format("first level: %zu clusters of %zu vectors", coarse, n));

    std::vector<float> centroids;
    centroids.reserve(k * d);
    for (size_t g = 0; g < coarse; g++) {
        if (share[g] == 0) continue;
        std::vector<float> members;
        members.reserve(sizes[g] * d);
        for (size_t i = 0; i < n; i++) {
            if (static_cast<size_t>(group[i]) == g) {
                members.insert(members.end(), x + i * d, x + (i + 1) * d);
            }
        }
        std::vector<float> inside =
            lloyd(members.data(), sizes[g], d, share[g], iterations, seed, {});
        centroids.insert(centroids.end(), inside.begin(), inside.end());
        if ((g + 1) % 64 == 0) progress(format("second level: %zu of %zu clusters", g + 1, coarse));
    }
    return centroids;
}

}  // namespace remap
