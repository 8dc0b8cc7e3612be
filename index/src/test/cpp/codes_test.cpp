// Codes: packed, unpacked, decoded, and distances to them.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "checks.h"
#include "kernels/codes.h"
#include "kernels/packed.h"

namespace remap::test {

namespace {

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
    Codebook book;
};

void testDecodePacked() {
    for (size_t width : {1, 2, 3, 4, 5, 8, 12}) {
        for (size_t n : {1, 15, 16, 17, 40}) {
            const size_t parts = 5, d = parts * width, padded = (n + 15) / 16 * 16;
            Codes codes(n, parts, 16, width);
            std::vector<float> values(padded * d), offsets(padded);
            decodePacked(codes.numbers.data(), n, codes.book, values.data(),
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

}  // namespace

void testCodeDistance(const Kernels& kernels) {
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

void testCodes() {
    // By hand: 5-bit numbers 1, 2, 31 are 00001, 00010, 11111 from the lowest bit upwards.
    const uint8_t numbers[] = {1, 2, 31};
    uint8_t code[2];
    packCode(numbers, 3, 5, code);
    CHECK(code[0] == 0b01000001 && code[1] == 0b01111100, "%02x %02x", code[0], code[1]);

    std::mt19937 random(kSeed);
    for (size_t bits = 4; bits <= 8; bits++) {
        for (size_t m : {1, 2, 3, 7, 8, 16, 31}) {
            const size_t n = 11, bytes = codeBytes(m, bits);
            std::vector<uint8_t> all(n * m), codes(n * bytes);
            std::vector<float> table(m << bits), sums(n);
            for (float& f : table) f = std::normal_distribution<float>()(random);
            for (uint8_t& number : all) number = uint8_t(random() & ((1u << bits) - 1));
            for (size_t i = 0; i < n; i++) {
                packCode(all.data() + i * m, m, bits, codes.data() + i * bytes);
                std::vector<uint8_t> back(m);
                unpackCode(codes.data() + i * bytes, m, bits, back.data());
                CHECK(std::equal(back.begin(), back.end(), all.begin() + i * m), "bits %zu m %zu",
                      bits, m);
            }
            sumTables(codes.data(), n, m, bits, table.data(), sums.data());
            for (size_t i = 0; i < n; i++) {
                float expected = 0;
                for (size_t j = 0; j < m; j++) expected += table[(j << bits) + all[i * m + j]];
                CHECK(sameBits(sums[i], expected), "bits %zu m %zu code %zu", bits, m, i);
            }
        }
    }
    testDecodePacked();
}

}  // namespace remap::test
