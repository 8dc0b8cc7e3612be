// Kernels that filter in a rougher format.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "checks.h"
#include "kernels/packed.h"

namespace remap::test {

namespace {

// Kernels that look for winners in a rougher format first must find those of the next set: where
// rows are equal, or differ by less than that format resolves, where they are many, tiny, huge, mixed
// or no numbers, in odd shapes. Tables here are large enough to be filtered.
template <class Fill>
void testFiltered(const Kernels& kernels, const Kernels& next, const char* what,
                  size_t n, size_t d, size_t rows, const Fill& fill) {
    std::mt19937 random(kSeed + unsigned(n + d + rows));
    std::vector<float> x(n * d), m(rows * d);
    for (size_t i = 0; i < x.size(); i++) x[i] = fill(random, i / d);
    for (size_t i = 0; i < m.size(); i++) m[i] = fill(random, n + i / d);
    // Some rows again with their last bits changed, and some vectors that are rows.
    for (size_t copy = rows / 2; copy < rows; copy += 3) {
        const size_t from = random() % (rows / 2);
        for (size_t j = 0; j < d; j++) {
            const float f = m[from * d + j];
            m[copy * d + j] = random() % 4 == 0 ? std::nextafter(f, 2 * f) : f;
        }
    }
    for (size_t i = 0; i < n; i += 2) std::copy_n(&m[random() % rows * d], d, &x[i * d]);
    PackedMatrix packed = PackedMatrix::forDistances(m.data(), rows, d);
    std::vector<int32_t> expected(n), actual(n, -1), scored(n, -1);
    std::vector<float> wanted(n), scores(n);
    next.nearestScores(x.data(), d, n, packed.view(), wanted.data(), expected.data());
    kernels.nearest(x.data(), d, n, packed.view(), actual.data());
    kernels.nearestScores(x.data(), d, n, packed.view(), scores.data(), scored.data());
    for (size_t i = 0; i < n; i++) {
        CHECK(actual[i] == expected[i] && scored[i] == expected[i] && sameBits(scores[i], wanted[i]),
              "%s: %s, n %zu d %zu rows %zu: vector %zu: rows %d and %d (%.9g), not %d (%.9g)",
              kernels.name, what, n, d, rows, i, actual[i], scored[i], scores[i], expected[i],
              wanted[i]);
        if (failures > 20) return;
    }
}

float topHalf(float f) {
    uint32_t bits;
    std::memcpy(&bits, &f, sizeof bits);
    bits &= 0xffff0000;
    std::memcpy(&f, &bits, sizeof f);
    return f;
}

// Vectors that no bound holds for, before rows that are filtered: their rough scores are all
// -infinity.
void testBeyond(const Kernels& kernels, const Kernels& next) {
    const size_t n = 9, d = 128, rows = 700;
    Data data({1, d, rows}, kSeed);
    for (float value : {INFINITY, 3.4e38f, -3.4e38f, 1e20f}) {
        std::vector<float> x(n * d);
        for (size_t i = 0; i < n; i++) x[i * d + i] = value;
        std::fill_n(x.begin() + 4 * d, d, value);
        PackedMatrix packed = PackedMatrix::forDistances(data.m.data(), rows, d);
        std::vector<int32_t> expected(n), actual(n);
        next.nearest(x.data(), d, n, packed.view(), expected.data());
        kernels.nearest(x.data(), d, n, packed.view(), actual.data());
        CHECK(actual == expected, "%s: %g", kernels.name, value);
    }
}

}  // namespace

// Rounding to bf16 at its worst: all components of row 300 are rounded down, those of row 200 up, so
// that by these row 200 is the nearer to (1, ..., 1), by as much as the bound allows.
void testWorstRounding(const Kernels& kernels) {
    const size_t d = 128, rows = 600;
    const float middle = 1 + 0x1p-8f;
    for (float scale : {1.0f, 1024.0f, 0x1p-40f}) {
        std::vector<float> x(d, scale), m(rows * d);
        for (size_t i = 0; i < m.size(); i++) m[i] = -scale * float(i / d % 48) / 64;
        std::fill_n(m.begin() + 200 * d, d, scale * (middle + 0x1p-12f));
        std::fill_n(m.begin() + 300 * d, d, scale * (middle - 0x1p-12f));
        PackedMatrix packed = PackedMatrix::forDistances(m.data(), rows, d);
        int32_t row = -1;
        kernels.nearest(x.data(), d, 1, packed.view(), &row);
        CHECK(row == 300, "%s: scale %g: row %d", kernels.name, scale, row);
    }
}

void testFiltering(const Kernels& kernels, const Kernels& next) {
    std::normal_distribution<float> normal;
    const Case shapes[] = {{1, 64, 1024}, {150, 128, 513}, {7, 33, 2100}, {9, 97, 1000},
                           {3, 4098, 256}, {5, 2048, 257}, {2, 20000, 256}, {40, 16, 4100}};
    for (const auto& [n, d, rows] : shapes) {
        const auto run = [&](const char* what, const auto& fill) {
            testFiltered(kernels, next, what, n, d, rows, fill);
        };
        run("normal", [&](auto& r, size_t) { return normal(r); });
        run("near one", [&](auto& r, size_t) { return 1 + 1e-4f * normal(r); });
        run("grid", [](auto& r, size_t) { return float(r() % 2); });
        run("zeros", [](auto&, size_t) { return 0.0f; });
        run("tiny", [&](auto& r, size_t) { return 1e-41f * normal(r); });
        run("small", [&](auto& r, size_t) { return 1e-20f * normal(r); });
        run("large", [&](auto& r, size_t) { return 1e15f * normal(r); });
        run("overflowing", [&](auto& r, size_t) { return 3e18f * normal(r); });
        run("huge", [&](auto& r, size_t) { return 3.4e38f * std::tanh(5 * normal(r)); });
        run("mixed", [&](auto& r, size_t row) {
            return std::pow(10.0f, float(row % 30) - 20) * normal(r);
        });
        run("top halves", [&](auto& r, size_t) { return topHalf(normal(r)); });
        run("vectors beyond", [&](auto& r, size_t row) {
            return row < n && row % 3 == 0 ? std::copysign(3.4e38f, normal(r)) : normal(r);
        });
        run("some none", [&](auto& r, size_t row) {
            return row % 5 == 1 && r() % d == 0 ? NAN : row % 7 == 2 ? INFINITY : normal(r);
        });
    }
    testBeyond(kernels, next);
}

}  // namespace remap::test
