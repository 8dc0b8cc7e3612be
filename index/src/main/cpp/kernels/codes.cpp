#include "codes.h"

#include <emmintrin.h>

#include <cmath>
#include <cstring>

#include "kernels.h"

namespace remap {

void packCode(const uint8_t* numbers, size_t subquantizers, size_t bits, uint8_t* code) {
    std::memset(code, 0, codeBytes(subquantizers, bits));
    size_t position = 0;
    for (size_t m = 0; m < subquantizers; m++, position += bits) {
        unsigned shifted = static_cast<unsigned>(numbers[m]) << (position % 8);
        code[position / 8] |= static_cast<uint8_t>(shifted);
        if (shifted > 0xff) code[position / 8 + 1] |= static_cast<uint8_t>(shifted >> 8);
    }
}

void unpackCode(const uint8_t* code, size_t subquantizers, size_t bits, uint8_t* numbers) {
    size_t position = 0;
    for (size_t m = 0; m < subquantizers; m++, position += bits) {
        unsigned value = code[position / 8];
        if (position % 8 + bits > 8) value |= static_cast<unsigned>(code[position / 8 + 1]) << 8;
        numbers[m] = static_cast<uint8_t>((value >> (position % 8)) & ((1u << bits) - 1));
    }
}

namespace {

// Four codes at a time: their chains of additions overlap, each keeps its own order.
void sumTables8(const uint8_t* codes, size_t n, size_t subquantizers, const float* table,
                float* out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const uint8_t* code = codes + i * subquantizers;
        const float* row = table;
        float a = 0, b = 0, c = 0, d = 0;
        for (size_t m = 0; m < subquantizers; m++, row += 256) {
            a += row[code[m]];
            b += row[code[m + subquantizers]];
            c += row[code[m + 2 * subquantizers]];
            d += row[code[m + 3 * subquantizers]];
        }
        out[i] = a;
        out[i + 1] = b;
        out[i + 2] = c;
        out[i + 3] = d;
    }
    for (; i < n; i++) {
        const uint8_t* code = codes + i * subquantizers;
        float sum = 0;
        for (size_t m = 0; m < subquantizers; m++) sum += table[m * 256 + code[m]];
        out[i] = sum;
    }
}

}  // namespace

void sumTables(const uint8_t* codes, size_t n, size_t subquantizers, size_t bits,
               const float* table, float* out) {
    if (bits == 8) {
        sumTables8(codes, n, subquantizers, table, out);
        return;
    }
    const size_t bytes = codeBytes(subquantizers, bits);
    const unsigned mask = (1u << bits) - 1;
    for (size_t i = 0; i < n; i++) {
        const uint8_t* code = codes + i * bytes;
        float sum = 0;
        uint64_t buffer = 0;
        unsigned filled = 0;
        for (size_t m = 0; m < subquantizers; m++) {
            if (filled < bits) {
                buffer |= static_cast<uint64_t>(*code++) << filled;
                filled += 8;
            }
            sum += table[(m << bits) + (buffer & mask)];
            buffer >>= bits;
            filled -= static_cast<unsigned>(bits);
        }
        out[i] = sum;
    }
}

namespace {

constexpr size_t kLanes = PackedView::kLanes;

// Four components of four rows, turned: SSE2 is what every x86-64 has.
inline void turn(const float* const* rows, size_t component, float* column) {
    __m128 a = _mm_loadu_ps(rows[0] + component), b = _mm_loadu_ps(rows[1] + component);
    __m128 c = _mm_loadu_ps(rows[2] + component), d = _mm_loadu_ps(rows[3] + component);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(column, a);
    _mm_storeu_ps(column + kLanes, b);
    _mm_storeu_ps(column + 2 * kLanes, c);
    _mm_storeu_ps(column + 3 * kLanes, d);
}

// One part of 16 rows.
inline void turnPart(const float* const (&rows)[kLanes], size_t width, float* columns) {
    size_t j = 0;
    for (; j + 4 <= width; j += 4) {
        for (size_t lane = 0; lane < kLanes; lane += 4) {
            turn(rows + lane, j, columns + j * kLanes + lane);
        }
    }
    for (; j < width; j++) {
        for (size_t lane = 0; lane < kLanes; lane++) columns[j * kLanes + lane] = rows[lane][j];
    }
}

}  // namespace

void decodePacked(const uint8_t* numbers, size_t n, const Codebook& codebook, float* values,
                  float* offsets) {
    const size_t parts = codebook.parts, width = codebook.width;
    for (size_t from = 0; from < n; from += kLanes) {
        const size_t count = n - from < kLanes ? n - from : kLanes;
        for (size_t lane = 0; lane < kLanes; lane++) offsets[from + lane] = 0;
        for (size_t m = 0; m < parts; m++) {
            const float* table = codebook.tables + m * codebook.rows * width;
            const float* rows[kLanes];
            for (size_t lane = 0; lane < kLanes; lane++) {
                // Lanes beyond the end repeat the last row; their offset keeps them from winning.
                size_t row = from + (lane < count ? lane : count - 1);
                size_t number = numbers[row * parts + m];
                rows[lane] = table + number * width;
                offsets[from + lane] += codebook.halfSquares[m * codebook.rows + number];
            }
            turnPart(rows, width, values + (from * parts + m * kLanes) * width);
        }
        for (size_t lane = count; lane < kLanes; lane++) offsets[from + lane] = INFINITY;
    }
}

}  // namespace remap
