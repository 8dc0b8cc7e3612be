// Tests of the pure kernels; the Maven build runs them in its test phase. Every instruction set
// that this CPU has is held to the bits of a plain scalar reference.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "kernels/codes.h"
#include "kernels/kernels.h"
#include "kernels/packed.h"
#include "kernels/pruned.h"
#include "kernels/vectors.h"

namespace {

int failures = 0;

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

// Around every block size: lanes of 16, 3 blocks, 6 and 8 vectors, 256 vectors, several tiles.
const Case kCases[] = {{1, 1, 1},     {3, 2, 15},    {4, 8, 16},     {5, 7, 17},
                       {9, 16, 63},   {8, 128, 64},  {6, 100, 65},   {257, 8, 256},
                       {2, 4096, 33}, {30, 96, 700}, {7, 128, 2000}, {300, 3, 4096}, {10, 5, 40},  {11, 33, 100}};

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

float halfSquare(const float* row, size_t d) {
    double sum = 0;
    for (size_t j = 0; j < d; j++) sum += double(row[j]) * row[j];
    return float(sum / 2);
}

float referenceScore(float offset, const float* x, const float* row, size_t d) {
    for (size_t j = 0; j < d; j++) offset = std::fma(-x[j], row[j], offset);
    return offset;
}

float referenceDistance(const float* x, const float* row, size_t d) {
    float sum = 0;
    for (size_t j = 0; j < d; j++) {
        float difference = x[j] - row[j];
        sum = std::fma(difference, difference, sum);
    }
    return sum;
}

bool sameBits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

void testScores(const remap::Kernels& kernels, const Data& data) {
    const auto [n, d, rows] = data.shape;
    remap::PackedMatrix packed = remap::PackedMatrix::forDistances(data.m.data(), rows, d);
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

void testNearest(const remap::Kernels& kernels, const Data& data) {
    const auto [n, d, rows] = data.shape;
    remap::PackedMatrix packed = remap::PackedMatrix::forDistances(data.m.data(), rows, d);
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

void testStride(const remap::Kernels& kernels) {
    // A sub-vector of a longer row, as the product quantizer reads it.
    Data data({10, 24, 256}, kSeed);
    std::vector<float> rows(data.m.begin(), data.m.begin() + 256 * 8);
    remap::PackedMatrix packed = remap::PackedMatrix::forDistances(rows.data(), 256, 8);
    int32_t strided[10], dense[10];
    std::vector<float> copy;
    for (size_t i = 0; i < 10; i++)
        copy.insert(copy.end(), data.vector(i) + 8, data.vector(i) + 16);
    kernels.nearest(data.x.data() + 8, 24, 10, packed.view(), strided);
    kernels.nearest(copy.data(), 8, 10, packed.view(), dense);
    CHECK(std::memcmp(strided, dense, sizeof dense) == 0, "%s", kernels.name);
}

void testTies(const remap::Kernels& kernels) {
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
        remap::PackedMatrix packed = remap::PackedMatrix::forDistances(m.data(), rows, d);
        int32_t row;
        kernels.nearest(x.data(), d, 1, packed.view(), &row);
        CHECK(row == int32_t(first), "%s: row %d, not %zu", kernels.name, row, first);
    }
}

void testNoWinner(const remap::Kernels& kernels) {
    // Scores that are all NaN or infinite must still name a row that exists.
    std::vector<float> m(20 * 3, 3e38f), x(3, -3e38f);
    remap::PackedMatrix packed = remap::PackedMatrix::forDistances(m.data(), 20, 3);
    int32_t row = -7;
    kernels.nearest(x.data(), 3, 1, packed.view(), &row);
    CHECK(row == 0, "%s: row %d", kernels.name, row);
}

void testSquaredDistances(const remap::Kernels& kernels, const Data& data) {
    const auto [n, d, rows] = data.shape;
    remap::PackedMatrix packed = remap::PackedMatrix::forDistances(data.m.data(), rows, d);
    std::vector<float> out(packed.paddedRows());
    kernels.squaredDistances(data.vector(0), packed.view(), out.data());
    for (size_t r = 0; r < rows; r++) {
        float expected = referenceDistance(data.vector(0), data.row(r), d);
        CHECK(sameBits(out[r], expected), "%s: d %zu row %zu: %.9g, not %.9g", kernels.name, d, r,
              out[r], expected);
        if (failures > 20) return;
    }
}

void testSquaredDistance(const remap::Kernels& kernels) {
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

void testNearestScores(const remap::Kernels& kernels, const Data& data) {
    const auto [n, d, rows] = data.shape;
    remap::PackedMatrix packed = remap::PackedMatrix::forDistances(data.m.data(), rows, d);
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

void testNotAbove(const remap::Kernels& kernels) {
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

// Kernels that look for winners in a rougher format first must find those of the next set: where
// rows are equal, or differ by less than that format resolves, where they are many, tiny, huge, mixed
// or no numbers, in odd shapes. Tables here are large enough to be filtered.
template <class Fill>
void testFiltered(const remap::Kernels& kernels, const remap::Kernels& next, const char* what,
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
    remap::PackedMatrix packed = remap::PackedMatrix::forDistances(m.data(), rows, d);
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

// Rounding to bf16 at its worst: all components of row 300 are rounded down, those of row 200 up, so
// that by these row 200 is the nearer to (1, ..., 1), by as much as the bound allows.
void testWorstRounding(const remap::Kernels& kernels) {
    const size_t d = 128, rows = 600;
    const float middle = 1 + 0x1p-8f;
    for (float scale : {1.0f, 1024.0f, 0x1p-40f}) {
        std::vector<float> x(d, scale), m(rows * d);
        for (size_t i = 0; i < m.size(); i++) m[i] = -scale * float(i / d % 48) / 64;
        std::fill_n(m.begin() + 200 * d, d, scale * (middle + 0x1p-12f));
        std::fill_n(m.begin() + 300 * d, d, scale * (middle - 0x1p-12f));
        remap::PackedMatrix packed = remap::PackedMatrix::forDistances(m.data(), rows, d);
        int32_t row = -1;
        kernels.nearest(x.data(), d, 1, packed.view(), &row);
        CHECK(row == 300, "%s: scale %g: row %d", kernels.name, scale, row);
    }
}

// Vectors that no bound holds for, before rows that are filtered: their rough scores are all
// -infinity.
void testBeyond(const remap::Kernels& kernels, const remap::Kernels& next) {
    const size_t n = 9, d = 128, rows = 700;
    Data data({1, d, rows}, kSeed);
    for (float value : {INFINITY, 3.4e38f, -3.4e38f, 1e20f}) {
        std::vector<float> x(n * d);
        for (size_t i = 0; i < n; i++) x[i * d + i] = value;
        std::fill_n(x.begin() + 4 * d, d, value);
        remap::PackedMatrix packed = remap::PackedMatrix::forDistances(data.m.data(), rows, d);
        std::vector<int32_t> expected(n), actual(n);
        next.nearest(x.data(), d, n, packed.view(), expected.data());
        kernels.nearest(x.data(), d, n, packed.view(), actual.data());
        CHECK(actual == expected, "%s: %g", kernels.name, value);
    }
}

void testFiltered(const remap::Kernels& kernels, const remap::Kernels& next) {
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
}

struct Codes {
    Codes(size_t n, size_t parts, size_t rows, size_t width)
        : tables(parts * rows * width), halves(parts * rows), numbers(n * parts) {
        std::mt19937 random(kSeed);
        for (float& f : tables) f = std::normal_distribution<float>()(random);
        for (size_t r = 0; r < halves.size(); r++) {
            halves[r] = halfSquare(tables.data() + r * width, width);
        }
        for (uint8_t& number : numbers) number = uint8_t(random() % rows);
        book = {parts, rows, width, tables.data(), halves.data()};
    }
    const float* row(size_t code, size_t m) const {
        return tables.data() + (m * book.rows + numbers[code * book.parts + m]) * book.width;
    }
    std::vector<float> tables, halves;
    std::vector<uint8_t> numbers;
    remap::Codebook book;
};

void testCodeDistance(const remap::Kernels& kernels) {
    for (size_t width : {1, 2, 3, 4, 6, 8, 12, 16, 32}) {
        for (size_t parts : {1, 2, 3, 4, 5, 7, 8, 16}) {
            Codes codes(1, parts, 256, width);
            Data data({1, parts * width, 1}, kSeed);
            float expected = 0;
            for (size_t m = 0; m < parts; m++) {
                expected += referenceDistance(data.x.data() + m * width, codes.row(0, m), width);
            }
            float actual = kernels.codeDistance(data.x.data(), codes.tables.data(), 256, parts,
                                                width, codes.numbers.data());
            CHECK(sameBits(actual, expected), "%s: %zu parts of %zu: %.9g, not %.9g", kernels.name,
                  parts, width, actual, expected);
        }
    }
}

void testDecodePacked() {
    for (size_t width : {1, 2, 3, 4, 5, 8, 12}) {
        for (size_t n : {1, 15, 16, 17, 40}) {
            const size_t parts = 5, d = parts * width, padded = (n + 15) / 16 * 16;
            Codes codes(n, parts, 16, width);
            std::vector<float> values(padded * d), offsets(padded);
            remap::decodePacked(codes.numbers.data(), n, codes.book, values.data(),
                                offsets.data());
            for (size_t i = 0; i < padded; i++) {
                float half = 0;
                for (size_t j = 0; i < n && j < d; j++) {
                    float actual = values[i / 16 * 16 * d + j * 16 + i % 16];
                    CHECK(actual == codes.row(i, j / width)[j % width], "code %zu, component %zu",
                          i, j);
                }
                for (size_t m = 0; i < n && m < parts; m++) {
                    half += codes.halves[m * 16 + codes.numbers[i * parts + m]];
                }
                CHECK(offsets[i] == (i < n ? half : INFINITY), "code %zu: %g", i, offsets[i]);
            }
        }
    }
}

// Lloyd's iterations by hand over n vectors that `fill` has made, a centroid thrown far away now
// and then; pruned and plain assignments must be the same, ties included.
template <class Fill>
void testPruned(const remap::Kernels& kernels, const char* what, bool prunes, const Fill& fill) {
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
    remap::PrunedNearest pruned(x.data(), n, d, k, kernels);
    std::vector<int32_t> actual(n), expected(n);
    double least = 1;
    for (int round = 0; round < 14; round++) {
        pruned.assign(centroids.data(), actual.data());
        kernels.nearest(x.data(), d, n,
                        remap::PackedMatrix::forDistances(centroids.data(), k, d).view(),
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

void testPruned(const remap::Kernels& kernels) {
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

void testProducts() {
    Data data({6, 33, 20}, kSeed);
    std::vector<float> out =
        remap::PackedMatrix::forProducts(data.m.data(), 20, 33).multiply(data.x.data(), 6);
    for (size_t i = 0; i < 6; i++) {
        for (size_t r = 0; r < 20; r++) {
            double expected = 0;
            for (size_t j = 0; j < 33; j++) expected += double(data.vector(i)[j]) * data.row(r)[j];
            CHECK(std::abs(out[i * 20 + r] - expected) < 1e-5, "%zu %zu: %.9g, not %.9g", i, r,
                  out[i * 20 + r], expected);
        }
    }
}

void testCodes() {
    // By hand: 5-bit numbers 1, 2, 31 are 00001, 00010, 11111 from the lowest bit upwards.
    const uint8_t numbers[] = {1, 2, 31};
    uint8_t code[2];
    remap::packCode(numbers, 3, 5, code);
    CHECK(code[0] == 0b01000001 && code[1] == 0b01111100, "%02x %02x", code[0], code[1]);

    std::mt19937 random(kSeed);
    for (size_t bits = 4; bits <= 8; bits++) {
        for (size_t m : {1, 2, 3, 7, 8, 16, 31}) {
            const size_t n = 11, bytes = remap::codeBytes(m, bits);
            std::vector<uint8_t> all(n * m), codes(n * bytes);
            std::vector<float> table(m << bits), sums(n);
            for (float& f : table) f = std::normal_distribution<float>()(random);
            for (uint8_t& number : all) number = uint8_t(random() & ((1u << bits) - 1));
            for (size_t i = 0; i < n; i++) {
                remap::packCode(all.data() + i * m, m, bits, codes.data() + i * bytes);
                std::vector<uint8_t> back(m);
                remap::unpackCode(codes.data() + i * bytes, m, bits, back.data());
                CHECK(std::equal(back.begin(), back.end(), all.begin() + i * m), "bits %zu m %zu",
                      bits, m);
            }
            remap::sumTables(codes.data(), n, m, bits, table.data(), sums.data());
            for (size_t i = 0; i < n; i++) {
                float expected = 0;
                for (size_t j = 0; j < m; j++) expected += table[(j << bits) + all[i * m + j]];
                CHECK(sameBits(sums[i], expected), "bits %zu m %zu code %zu", bits, m, i);
            }
        }
    }
}

void testNearestK() {
    std::mt19937 random(kSeed);
    for (size_t k : {1, 2, 10, 100, 1000}) {
        remap::Nearest nearest(k);
        std::vector<std::pair<float, int64_t>> all;
        for (int64_t key = 0; key < 500; key++) {
            // Few values, so that most are ties.
            float distance = float(random() % 7);
            all.emplace_back(distance, 499 - key);
            if (nearest.admits(distance)) nearest.offer(distance, 499 - key);
        }
        std::sort(all.begin(), all.end());
        std::vector<remap::Nearest::Entry> found = nearest.take();
        CHECK(found.size() == std::min<size_t>(k, 500), "k %zu: %zu", k, found.size());
        for (size_t i = 0; i < found.size(); i++) {
            CHECK(found[i].distance == all[i].first && found[i].key == all[i].second,
                  "k %zu rank %zu", k, i);
        }
    }
}

void testFirstUnusable() {
    const float bad[] = {NAN, -NAN, INFINITY, -INFINITY, 1.1e9f, -3e38f};
    for (size_t n : {0, 1, 63, 64, 65, 200}) {
        std::vector<float> x(n, 1e9f);
        CHECK(remap::firstUnusable(x.data(), n) == n, "n %zu", n);
        for (size_t at : {0, 1, 62, 63, 64, 65, 127, 128, 199}) {
            if (at >= n) continue;
            for (float value : bad) {
                std::vector<float> y = x;
                y[at] = value;
                CHECK(remap::firstUnusable(y.data(), n) == at, "n %zu at %zu value %g", n, at,
                      value);
            }
        }
    }
}

}  // namespace

int main() {
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
        testNotAbove(**set);
        testCodeDistance(**set);
        testSquaredDistance(**set);
        testStride(**set);
        testPruned(**set);
        testTies(**set);
        testNoWinner(**set);
        testWorstRounding(**set);
        if (set[1] != nullptr) testFiltered(**set, *set[1]);
        if (set[1] != nullptr) testBeyond(**set, *set[1]);
    }
    testProducts();
    testCodes();
    testDecodePacked();
    testNearestK();
    testFirstUnusable();
    std::printf(failures == 0 ? " passed\n" : " FAILED\n");
    return failures == 0 ? 0 : 1;
}
