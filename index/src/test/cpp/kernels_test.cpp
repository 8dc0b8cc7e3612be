// Tests of the pure kernels; the Maven build runs them in its test phase. Every instruction set
// that this CPU has is held to the bits of a plain scalar reference.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "checks.h"
#include "kernels/packed.h"
#include "kernels/vectors.h"

namespace remap::test {
namespace {

// Around every block size: lanes of 16, 3 blocks, 6 and 8 vectors, 256 vectors, several tiles.
const Case kCases[] = {{1, 1, 1},     {3, 2, 15},    {4, 8, 16},     {5, 7, 17},
                       {9, 16, 63},   {8, 128, 64},  {6, 100, 65},   {257, 8, 256},
                       {2, 4096, 33}, {30, 96, 700}, {7, 128, 2000}, {300, 3, 4096}, {10, 5, 40},  {11, 33, 100},
                       {7, 24, 3000}, {7, 25, 3000}};

void testScores(const Kernels& kernels, const Data& data) {
    const auto [n, d, rows] = data.shape;
    PackedMatrix packed = PackedMatrix::forDistances(data.m.data(), rows, d);
    std::vector<float> out(n * packed.paddedRows());
    kernels.scores(data.x.data(), d, n, packed.view(), out.data(), packed.paddedRows());
    for (size_t i = 0; i < n; i++) {
        for (size_t r = 0; r < rows; r++) {
            float expected =
                referenceScore(halfSquare(data.row(r), d), data.vector(i), data.row(r), d);
            float actual = out[i * packed.paddedRows() + r];
            CHECK(sameBits(actual, expected),
                  "%s: n %zu d %zu rows %zu: vector %zu row %zu: %.9g, not %.9g", kernels.name, n,
                  d, rows, i, r, actual, expected);
            if (failures > 20) return;
        }
    }
}

void testNearest(const Kernels& kernels, const Data& data) {
    const auto [n, d, rows] = data.shape;
    PackedMatrix packed = PackedMatrix::forDistances(data.m.data(), rows, d);
    std::vector<int32_t> actual(n);
    kernels.nearest(data.x.data(), d, n, packed.view(), actual.data());
    for (size_t i = 0; i < n; i++) {
        int32_t expected = 0;
        float best = INFINITY;
        double truth = INFINITY;
        for (size_t r = 0; r < rows; r++) {
            float score =
                referenceScore(halfSquare(data.row(r), d), data.vector(i), data.row(r), d);
            if (score < best) {
                best = score;
                expected = int32_t(r);
            }
            double exact = 0;
            for (size_t j = 0; j < d; j++)
                exact += std::pow(double(data.vector(i)[j]) - data.row(r)[j], 2);
            truth = std::min(truth, exact);
        }
        CHECK(actual[i] == expected, "%s: n %zu d %zu rows %zu: vector %zu: row %d, not %d",
              kernels.name, n, d, rows, i, actual[i], expected);
        double chosen = 0;
        const float* row = data.row(size_t(actual[i]));
        for (size_t j = 0; j < d; j++) chosen += std::pow(double(data.vector(i)[j]) - row[j], 2);
        // Brute force in double: only what is nearer by less than float resolves may be missed.
        CHECK(chosen <= truth + 1e-5 * (truth + d),
              "%s: vector %zu: distance %.9g, the nearest is at %.9g", kernels.name, i, chosen,
              truth);
    }
}

void testStride(const Kernels& kernels) {
    // A sub-vector of a longer row, as the product quantizer reads it.
    Data data({10, 24, 256}, kSeed);
    std::vector<float> rows(data.m.begin(), data.m.begin() + 256 * 8);
    PackedMatrix packed = PackedMatrix::forDistances(rows.data(), 256, 8);
    int32_t strided[10], dense[10];
    std::vector<float> copy;
    for (size_t i = 0; i < 10; i++)
        copy.insert(copy.end(), data.vector(i) + 8, data.vector(i) + 16);
    kernels.nearest(data.x.data() + 8, 24, 10, packed.view(), strided);
    kernels.nearest(copy.data(), 8, 10, packed.view(), dense);
    CHECK(std::memcmp(strided, dense, sizeof dense) == 0, "%s", kernels.name);
}

void testTies(const Kernels& kernels) {
    // The same row everywhere, then at a few places: the lowest wins, whatever block or lane.
    const size_t d = 5, rows = 3000;
    std::mt19937 random(kSeed);
    std::normal_distribution<float> normal;
    std::vector<float> m(rows * d), x(d);
    for (float& f : x) f = normal(random);
    for (size_t first : {0, 1, 15, 16, 17, 63, 64, 100, 1040, 2999}) {
        for (float& f : m) f = 10 + normal(random);
        for (size_t r : {first, first + 1, first + 16, first + 700, size_t(2999)}) {
            if (r < rows) std::copy(x.begin(), x.end(), m.begin() + r * d);
        }
        PackedMatrix packed = PackedMatrix::forDistances(m.data(), rows, d);
        int32_t row;
        kernels.nearest(x.data(), d, 1, packed.view(), &row);
        CHECK(row == int32_t(first), "%s: row %d, not %zu", kernels.name, row, first);
    }
}

void testZerosOfBothSigns(const Kernels& kernels) {
    // Products too small for a float: equal scores, but each has the sign of its own.
    for (size_t d : {1, 24, 25}) {
        for (size_t first : {0, 1, 17, 100, 2999}) {
            const size_t rows = 3000;
            std::mt19937 random(kSeed);
            std::vector<float> x(d, 1e-30f), m(rows * d, 1e-30f);
            for (float& f : m) f = random() % 2 == 0 ? f : -f;
            std::fill_n(m.begin(), first * d, 1.0f);
            PackedMatrix packed = PackedMatrix::forDistances(m.data(), rows, d);
            float score;
            int32_t row;
            kernels.nearestScores(x.data(), d, 1, packed.view(), &score, &row);
            const float expected = referenceScore(0, x.data(), &m[first * d], d);
            CHECK(row == int32_t(first), "%s: d %zu: row %d, not %zu", kernels.name, d, row, first);
            CHECK(expected == 0 && sameBits(score, expected), "%s: d %zu row %zu: %g, not %g",
                  kernels.name, d, first, score, expected);
        }
    }
}

void testNoWinner(const Kernels& kernels) {
    // Scores that are all NaN or infinite must still name a row that exists.
    std::vector<float> m(20 * 3, 3e38f), x(3, -3e38f);
    PackedMatrix packed = PackedMatrix::forDistances(m.data(), 20, 3);
    int32_t row = -7;
    kernels.nearest(x.data(), 3, 1, packed.view(), &row);
    CHECK(row == 0, "%s: row %d", kernels.name, row);
}

void testSquaredDistances(const Kernels& kernels, const Data& data) {
    const auto [n, d, rows] = data.shape;
    PackedMatrix packed = PackedMatrix::forDistances(data.m.data(), rows, d);
    std::vector<float> out(packed.paddedRows());
    kernels.squaredDistances(data.vector(0), packed.view(), out.data());
    for (size_t r = 0; r < rows; r++) {
        float expected = referenceDistance(data.vector(0), data.row(r), d);
        CHECK(sameBits(out[r], expected), "%s: d %zu row %zu: %.9g, not %.9g", kernels.name, d, r,
              out[r], expected);
        if (failures > 20) return;
    }
}

void testSquaredDistance(const Kernels& kernels) {
    Data data({1, 100, 1}, kSeed);
    for (size_t d = 1; d <= 100; d++) {
        float lanes[16] = {};
        double exact = 0;
        for (size_t j = 0; j < d; j++) {
            float difference = data.x[j] - data.m[j];
            lanes[j % 16] = std::fma(difference, difference, lanes[j % 16]);
            exact += std::pow(double(data.x[j]) - data.m[j], 2);
        }
        for (size_t half : {8, 4, 2, 1}) {
            for (size_t i = 0; i < half; i++) lanes[i] += lanes[i + half];
        }
        float actual = kernels.squaredDistance(data.x.data(), data.m.data(), d);
        CHECK(sameBits(actual, lanes[0]), "%s: d %zu: %.9g, not %.9g", kernels.name, d, actual,
              lanes[0]);
        CHECK(std::abs(actual - exact) < 1e-5 * exact, "%s: d %zu: %.9g, not %.9g", kernels.name, d,
              actual, exact);
    }
}

void testNearestScores(const Kernels& kernels, const Data& data) {
    const auto [n, d, rows] = data.shape;
    PackedMatrix packed = PackedMatrix::forDistances(data.m.data(), rows, d);
    std::vector<int32_t> expected(n), actual(n);
    std::vector<float> scores(n);
    kernels.nearest(data.x.data(), d, n, packed.view(), expected.data());
    kernels.nearestScores(data.x.data(), d, n, packed.view(), scores.data(), actual.data());
    CHECK(actual == expected, "%s: n %zu d %zu rows %zu", kernels.name, n, d, rows);
    for (size_t i = 0; i < n; i++) {
        const float* row = data.row(size_t(actual[i]));
        float score = referenceScore(halfSquare(row, d), data.vector(i), row, d);
        CHECK(sameBits(scores[i], score), "%s: vector %zu: %.9g, not %.9g", kernels.name, i,
              scores[i], score);
    }
}

void testProducts() {
    Data data({6, 33, 20}, kSeed);
    std::vector<float> out =
        PackedMatrix::forProducts(data.m.data(), 20, 33).multiply(data.x.data(), 6);
    for (size_t i = 0; i < 6; i++) {
        for (size_t r = 0; r < 20; r++) {
            double expected = 0;
            for (size_t j = 0; j < 33; j++) expected += double(data.vector(i)[j]) * data.row(r)[j];
            CHECK(std::abs(out[i * 20 + r] - expected) < 1e-5, "%zu %zu: %.9g, not %.9g", i, r,
                  out[i * 20 + r], expected);
        }
    }
}

void testFirstUnusable() {
    const float bad[] = {NAN, -NAN, INFINITY, -INFINITY, 1.1e9f, -3e38f};
    for (size_t n : {0, 1, 63, 64, 65, 200}) {
        std::vector<float> x(n, 1e9f);
        CHECK(firstUnusable(x.data(), n) == n, "n %zu", n);
        for (size_t at : {0, 1, 62, 63, 64, 65, 127, 128, 199}) {
            if (at >= n) continue;
            for (float value : bad) {
                std::vector<float> y = x;
                y[at] = value;
                CHECK(firstUnusable(y.data(), n) == at, "n %zu at %zu value %g", n, at,
                      value);
            }
        }
    }
}

}  // namespace
}  // namespace remap::test

int main() {
    using namespace remap::test;
    std::printf("kernels_test, seed %u:", kSeed);
    for (const remap::Kernels* const* set = remap::availableKernels(); *set != nullptr; set++) {
        std::printf(" %s", (*set)->name);
        for (const Case& shape : kCases) {
            Data data(shape, kSeed);
            testScores(**set, data);
            testNearest(**set, data);
            testSquaredDistances(**set, data);
            testNearestScores(**set, data);
        }
        testSelection(**set);
        testCodeDistance(**set);
        testSquaredDistance(**set);
        testStride(**set);
        testPruning(**set);
        testTies(**set);
        testZerosOfBothSigns(**set);
        testNoWinner(**set);
        testWorstRounding(**set);
        if (set[1] != nullptr) testFiltering(**set, *set[1]);
    }
    testProducts();
    testCodes();
    testNearestK();
    testFirstUnusable();
    std::printf(failures == 0 ? " passed\n" : " FAILED\n");
    return failures == 0 ? 0 : 1;
}
