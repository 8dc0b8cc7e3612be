// Pure kernels: no JNI, no Faiss, no allocation, no threads.
//
// Every result is defined per (vector, matrix row) pair by one fixed chain of f32 fused
// multiply-adds, so it has the same bits for any batch, any blocking and any instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace remap {

// Rows rounded to bf16, for a set of kernels that filters by them, and what that does to scores.
struct HalfView {
    static constexpr size_t kMostPairs = 1024;
    // Rows and vectors that are longer are not filtered: their sums could overflow.
    static constexpr double kLongest = 1e18;
    size_t pairs;            // of components: half the dimension, rounded up
    const uint32_t* values;  // blocks * pairs * 16, in the order of a PackedView; nullptr: none
    // The most of any row: its length, the length of what rounding took from it, |offset|.
    double norm, residual, offset;
};

// Rows of a matrix in the order the kernels read them: blocks of 16 rows, inside a block
// component by component, 16 rows side by side. Missing rows of the last block are zeros with an
// offset of +infinity, so that they never win.
struct PackedView {
    static constexpr size_t kLanes = 16;
    size_t rows;
    size_t dimension;
    size_t blocks;
    const float* values;   // blocks * dimension * 16
    const float* offsets;  // blocks * 16
    HalfView halves = {};
};

constexpr size_t kMinima = 64;

struct Kernels {
    const char* name;
    bool filters;  // by PackedView::halves

    // score(x, row) = offset[row] - <x, row>, as fnmadd over ascending components.
    // out[i * outStride + row] for all rows rounded up to 16.
    void (*scores)(const float* x, size_t stride, size_t n, const PackedView& matrix, float* out,
                   size_t outStride);

    // The row with the smallest score, ties to the lowest row. A vector all of whose scores are
    // NaN or +infinity gets row 0.
    void (*nearest)(const float* x, size_t stride, size_t n, const PackedView& matrix,
                    int32_t* rows);

    // As nearest, and the winner's score: +infinity where row 0 stands for none.
    void (*nearestScores)(const float* x, size_t stride, size_t n, const PackedView& matrix,
                          float* scores, int32_t* rows);

    // Places of those of n numbers, a multiple of 16, that are not above the limit, ascending: NaN
    // among them. Returns how many; `places` has room for n.
    size_t (*notAbove)(const float* numbers, size_t n, float limit, uint32_t* places);

    // least[i] = the smallest of n numbers, a multiple of 16, at the places i, i + kMinima,
    // i + 2 kMinima ...; +infinity where there are none but NaN.
    void (*minima)(const float* numbers, size_t n, float* least);

    // The k-th smallest, from 1 on, of n numbers, a multiple of 16, none of them NaN; +infinity if
    // k > n. Quick for small k: it counts what is not above a number, about k times.
    float (*kthSmallest)(const float* numbers, size_t n, size_t k);

    // out[row] = sum over ascending components of (x - row)^2, for all rows rounded up to 16.
    void (*squaredDistances)(const float* x, const PackedView& matrix, float* out);

    // |a - b|^2 of two plain vectors: component j goes to lane j % 16, lanes are added in halves.
    float (*squaredDistance)(const float* a, const float* b, size_t dimension);

    // |x - p|^2 where part m of p is row numbers[m] of the m-th of `parts` tables of `rows` rows of
    // `width` components: within a part as squaredDistances, parts added up in ascending order.
    float (*codeDistance)(const float* x, const float* tables, size_t rows, size_t parts,
                          size_t width, const uint8_t* numbers);
};

// The best set of kernels that this CPU runs, or the one that REMAP_KERNELS names in the
// environment: std::invalid_argument if this CPU has none of that name.
const Kernels& kernels();

// All sets that this CPU runs, best first, ending with nullptr: for tests.
const Kernels* const* availableKernels();

}  // namespace remap
