// The smallest of many numbers.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "checks.h"
#include "kernels/vectors.h"

namespace remap::test {

namespace {

void testNotAbove(const Kernels& kernels) {
    std::mt19937 random(kSeed);
    const float some[] = {-INFINITY, -1, -0.0f, 0, 1e-45f, 1, 3e38f, INFINITY, NAN};
    for (size_t n : {0, 16, 32, 256}) {
        std::vector<float> numbers(n);
        for (float& f : numbers) f = some[random() % 9];
        for (float limit : some) {
            std::vector<uint32_t> places(n), expected;
            for (uint32_t i = 0; i < n; i++) {
                if (!(numbers[i] > limit)) expected.push_back(i);
            }
            places.resize(kernels.notAbove(numbers.data(), n, limit, places.data()));
            CHECK(places == expected, "%s: n %zu limit %g", kernels.name, n, limit);
        }
    }
}

// A plain sort by what minima and kthSmallest stand for.
void testMinima(const Kernels& kernels, std::mt19937& random, const std::vector<float>& some) {
    for (size_t n : {0, 16, 48, 64, 80, 256, 304}) {
        std::vector<float> numbers(n), least(kMinima), expected(kMinima, INFINITY);
        for (float& f : numbers) f = some[random() % some.size()];
        for (size_t i = 0; i < n; i++) {
            if (numbers[i] < expected[i % kMinima]) expected[i % kMinima] = numbers[i];
        }
        kernels.minima(numbers.data(), n, least.data());
        CHECK(least == expected, "%s: n %zu", kernels.name, n);
    }
}

void testKthSmallest(const Kernels& kernels, std::mt19937& random,
                     const std::vector<float>& some) {
    for (size_t n : {0, 16, 64, 112}) {
        std::vector<float> numbers(n);
        for (int round = 0; round < 20; round++) {
            for (float& f : numbers) f = some[random() % some.size()];
            std::vector<float> sorted = numbers;
            std::sort(sorted.begin(), sorted.end());
            for (size_t k : {1, 2, 10, 16, 64, 112, 113}) {
                const float expected = k <= n ? sorted[k - 1] : INFINITY;
                const float actual = kernels.kthSmallest(numbers.data(), n, k);
                CHECK(actual == expected, "%s: n %zu k %zu: %g, not %g", kernels.name, n, k,
                      actual, expected);
            }
        }
    }
}

// At least k numbers are not above the bound, and it is one of them.
void testBound(std::mt19937& random) {
    std::normal_distribution<float> normal;
    for (size_t n : {16, 64, 256, 1024}) {
        std::vector<float> numbers(n);
        for (float& f : numbers) f = normal(random);
        for (size_t k : {1, 10, 16, 64, 65}) {
            const float bound = boundOfSmallest(numbers.data(), n, k);
            const auto found = size_t(std::count_if(numbers.begin(), numbers.end(),
                                                    [&](float f) { return f <= bound; }));
            CHECK(found >= std::min(k, n), "n %zu k %zu: %zu", n, k, found);
            // Of 64 numbers, each the least of a few, the k-th is no bad bound.
            if (k <= 16 && n >= 256) CHECK(found <= 2 * k + 8, "n %zu k %zu: %zu", n, k, found);
        }
    }
}

}  // namespace

void testSelection(const Kernels& kernels) {
    testNotAbove(kernels);
    std::mt19937 random(kSeed);
    const std::vector<float> few = {-INFINITY, -1, -0.0f, 0, 1e-45f, 1, 3e38f, INFINITY};
    std::vector<float> many(1000), notAll = few;
    std::normal_distribution<float> normal;
    for (float& f : many) f = normal(random);
    notAll.push_back(NAN);
    testMinima(kernels, random, notAll);
    testMinima(kernels, random, many);
    testKthSmallest(kernels, random, few);
    testKthSmallest(kernels, random, many);
    testBound(random);
}

void testNearestK() {
    std::mt19937 random(kSeed);
    for (size_t k : {1, 2, 10, 100, 1000}) {
        Nearest nearest(k);
        std::vector<std::pair<float, int64_t>> all;
        for (int64_t key = 0; key < 500; key++) {
            // Few values, so that most are ties.
            float distance = float(random() % 7);
            all.emplace_back(distance, 499 - key);
            if (nearest.admits(distance)) nearest.offer(distance, 499 - key);
        }
        std::sort(all.begin(), all.end());
        std::vector<Nearest::Entry> found = nearest.take();
        CHECK(found.size() == std::min<size_t>(k, 500), "k %zu: %zu", k, found.size());
        for (size_t i = 0; i < found.size(); i++) {
            CHECK(found[i].distance == all[i].first && found[i].key == all[i].second,
                  "k %zu rank %zu", k, i);
        }
    }
}

}  // namespace remap::test
