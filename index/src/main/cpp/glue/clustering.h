#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <faiss/IndexFlat.h>

namespace remap {

// The index that Faiss's clustering asks for the nearest centroid, on our kernel.
class KernelIndex : public faiss::IndexFlatL2 {
 public:
    using Listener = std::function<void(double meanSquaredDistance)>;

    explicit KernelIndex(size_t dimension, Listener listener = {});

    // For k = 1 only.
    void search(idx_t n, const float* x, idx_t k, float* distances, idx_t* labels,
                const faiss::SearchParameters* parameters = nullptr) const override;

 protected:
    virtual void nearest(size_t n, const float* x, int32_t* rows) const;

 private:
    Listener listener_;
};

// k centroids of n vectors by seeded Lloyd iterations: those of faiss::Clustering, bit for bit,
// which begins with vectors drawn by the seed and splits a large cluster for each empty one. Stops
// early when an iteration changes nothing: no later one would. With centroids to `start` from (k * d)
// it begins with these, and stops after an iteration whose assignment was better than the one before
// by less than the share `leastGain` of that; 0 for never.
std::vector<float> lloyd(const float* x, size_t n, size_t d, size_t k, int iterations, int seed,
                         const KernelIndex::Listener& listener,
                         const std::vector<float>& start = {}, double leastGain = 0);

// The nearest of more centroids than have to be in memory at once: parts of them are offered in
// ascending order, and what counts is the smallest score (Kernels::nearestScores), ties to the
// lowest row, as if all had been offered together.
class NearestSoFar {
 public:
    // `x` is n * d, and stays.
    NearestSoFar(const float* x, size_t n, size_t d);

    void offer(const float* centroids, size_t k);

    const std::vector<int32_t>& rows() const { return rows_; }
    // |x - centroid|^2
    const std::vector<float>& distances() const { return distances_; }

 private:
    const float* x_;
    size_t d_;
    size_t offered_ = 0;
    std::vector<float> scores_;
    std::vector<int32_t> rows_;
    std::vector<float> distances_;
};

// k centroids by clustering twice: about sqrt(k) clusters, then inside each as many as its share of
// the vectors. The work per iteration falls from n k to 2 n sqrt(k); the mean squared distance ends
// about 1 % higher.
std::vector<float> twoLevel(const float* x, size_t n, size_t d, size_t k, int iterations, int seed,
                            const std::function<void(const std::string&)>& progress);

}  // namespace remap
