// What the tests of the kernels share: each file tests one thing, and kernels_test.cpp runs all.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

#include "kernels/kernels.h"

namespace remap::test {

inline int failures = 0;

#define CHECK(condition, ...)                                           \
    do {                                                                \
        if (!(condition)) {                                             \
            failures++;                                                 \
            std::printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            std::printf(__VA_ARGS__);                                   \
            std::printf("\n");                                          \
        }                                                               \
    } while (0)

constexpr unsigned kSeed = 20260101;

struct Case {
    size_t n, dimension, rows;
};

struct Data {
    explicit Data(const Case& c, unsigned seed)
        : shape(c), x(c.n * c.dimension), m(c.rows * c.dimension) {
        std::mt19937 random(seed);
        std::normal_distribution<float> normal;
        for (float& f : x) f = normal(random);
        for (float& f : m) f = normal(random);
    }
    const float* vector(size_t i) const { return x.data() + i * shape.dimension; }
    const float* row(size_t r) const { return m.data() + r * shape.dimension; }
    Case shape;
    std::vector<float> x;
    std::vector<float> m;
};

inline float halfSquare(const float* row, size_t d) {
    double sum = 0;
    for (size_t j = 0; j < d; j++) sum += double(row[j]) * row[j];
    return float(sum / 2);
}

inline float referenceScore(float offset, const float* x, const float* row, size_t d) {
    for (size_t j = 0; j < d; j++) offset = std::fma(-x[j], row[j], offset);
    return offset;
}

inline float referenceDistance(const float* x, const float* row, size_t d) {
    float sum = 0;
    for (size_t j = 0; j < d; j++) {
        float difference = x[j] - row[j];
        sum = std::fma(difference, difference, sum);
    }
    return sum;
}

inline bool sameBits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// Filtering first and scoring in f32 then: as the next set, to the bit.
void testFiltering(const Kernels& kernels, const Kernels& next);
void testWorstRounding(const Kernels& kernels);

void testPruning(const Kernels& kernels);

void testCodeDistance(const Kernels& kernels);
void testCodes();

void testSelection(const Kernels& kernels);
void testNearestK();

}  // namespace remap::test
