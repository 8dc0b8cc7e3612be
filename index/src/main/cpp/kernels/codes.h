// Product quantizer codes: packing, and distances by table look-up.
#pragma once

#include <cstddef>
#include <cstdint>

namespace remap {

inline size_t codeBytes(size_t subquantizers, size_t bits) {
    return (subquantizers * bits + 7) / 8;
}

// Packs `subquantizers` numbers below 2^bits (4 to 8) from the lowest bit of the first byte
// upwards, as Faiss does.
void packCode(const uint8_t* numbers, size_t subquantizers, size_t bits, uint8_t* code);
void unpackCode(const uint8_t* code, size_t subquantizers, size_t bits, uint8_t* numbers);

// out[i] = sum over ascending m of table[m * 2^bits + number m of code i].
void sumTables(const uint8_t* codes, size_t n, size_t subquantizers, size_t bits,
               const float* table, float* out);

// What codes stand for: `parts` tables of `rows` rows of `width` components, one after the other,
// and half the square of each row's norm.
struct Codebook {
    size_t parts;
    size_t rows;
    size_t width;
    const float* tables;       // parts * rows * width
    const float* halfSquares;  // parts * rows

    size_t dimension() const { return parts * width; }
};

// n vectors, given by `parts` numbers each, decoded into the order of a PackedView: values for all
// blocks of 16 rows that n begins, offsets |row|^2 / 2 as sums over ascending parts.
void decodePacked(const uint8_t* numbers, size_t n, const Codebook& codebook, float* values,
                  float* offsets);

}  // namespace remap
