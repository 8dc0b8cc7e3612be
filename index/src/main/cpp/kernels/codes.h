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

}  // namespace remap
