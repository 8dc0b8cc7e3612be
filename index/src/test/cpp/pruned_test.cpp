// Assignments of k-means that are pruned.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "checks.h"
#include "kernels/packed.h"
#include "kernels/pruned.h"

namespace remap::test {

namespace {

// Lloyd's iterations by hand over n vectors that `fill` has made, a centroid thrown far away now
// and then; pruned and plain assignments must be the same, ties included.
template <class Fill>
void testPruned(const Kernels& kernels, const char* what, bool prunes, const Fill& fill) {
    const size_t n = 1500, d = 6, k = 530;
    std::mt19937 random(kSeed);
    std::vector<float> x(n * d), centroids;
    for (float& f : x) f = fill(random);
    // Every vector is there twice or more often, so that many centroids are equal.
    for (size_t i = 0; i < n / 3; i++) std::copy_n(x.begin() + i % 40 * d, d, x.end() - (i + 1) * d);
    for (size_t i = 0; i < k; i++) {
        const float* row = x.data() + random() % n * d;
        centroids.insert(centroids.end(), row, row + d);
    }
    PrunedNearest pruned(x.data(), n, d, k, kernels);
    std::vector<int32_t> actual(n), expected(n);
    double least = 1;
    for (int round = 0; round < 14; round++) {
        pruned.assign(centroids.data(), actual.data());
        kernels.nearest(x.data(), d, n,
                        PackedMatrix::forDistances(centroids.data(), k, d).view(),
                        expected.data());
        CHECK(actual == expected, "%s: %s, round %d", kernels.name, what, round);
        if (round < 9) least = std::min(least, pruned.looked());
        std::vector<double> sums(k * d);
        std::vector<size_t> sizes(k);
        for (size_t i = 0; i < n; i++) {
            const size_t c = size_t(expected[i]);
            sizes[c]++;
            for (size_t j = 0; j < d; j++) sums[c * d + j] += x[i * d + j];
        }
        for (size_t c = 0; c < k * d; c++) {
            if (sizes[c / d] > 0) centroids[c] = float(sums[c] / double(sizes[c / d]));
        }
        if (round > 8) std::copy_n(x.begin() + random() % n * d, d, centroids.begin() + round * d);
    }
    CHECK(!prunes || least < 0.6, "%s: %s: %.3f of all scores at the least", kernels.name, what,
          least);
}

}  // namespace

void testPruning(const Kernels& kernels) {
    std::normal_distribution<float> normal;
    testPruned(kernels, "normal", true, [&](std::mt19937& r) { return normal(r); });
    testPruned(kernels, "shifted", false, [&](std::mt19937& r) { return 1e4f + normal(r); });
    testPruned(kernels, "grid", false, [](std::mt19937& r) { return float(r() % 3); });
    testPruned(kernels, "zeros", false, [](std::mt19937&) { return 0.0f; });
    testPruned(kernels, "tiny", false, [&](std::mt19937& r) { return 1e-41f * normal(r); });
    testPruned(kernels, "small", false, [&](std::mt19937& r) { return 1e-21f * normal(r); });
    testPruned(kernels, "large", true, [&](std::mt19937& r) { return 1e9f * normal(r); });
    testPruned(kernels, "overflowing", false, [&](std::mt19937& r) { return 1e19f * normal(r); });
    testPruned(kernels, "mixed", false,
               [&](std::mt19937& r) { return std::pow(10.0f, float(r() % 30) - 20) * normal(r); });
}

}  // namespace remap::test
