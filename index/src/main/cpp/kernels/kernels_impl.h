// Bodies of the kernels for one register type V; included once per instruction set. Everything is
// in an anonymous namespace and uses no standard templates, so that code compiled for a newer CPU
// can't be merged into functions that older ones run.
#pragma once

#include "kernels.h"

namespace remap {
namespace {

// scores of R vectors against C blocks of 16 rows, in registers.
template <class V, int R, int C>
inline void multiply(const float* x, size_t stride, const PackedView& p, size_t block,
                     V (&acc)[R][C]) {
    const float* values = p.values + block * p.dimension * PackedView::kLanes;
    const size_t blockSize = p.dimension * PackedView::kLanes;
    for (int c = 0; c < C; c++) {
        V start = V::load(p.offsets + (block + c) * PackedView::kLanes);
        for (int r = 0; r < R; r++) acc[r][c] = start;
    }
    for (size_t j = 0; j < p.dimension; j++) {
        V column[C];
        for (int c = 0; c < C; c++) {
            column[c] = V::load(values + c * blockSize + j * PackedView::kLanes);
        }
        for (int r = 0; r < R; r++) {
            V component = V::broadcast(x[r * stride + j]);
            for (int c = 0; c < C; c++) {
                acc[r][c] = V::fnmadd(component, column[c], acc[r][c]);
            }
        }
    }
}

template <class V, int R, int C>
inline void scoreBlocks(const float* x, size_t stride, const PackedView& p, size_t block,
                        float* out, size_t outStride) {
    V acc[R][C];
    multiply<V, R, C>(x, stride, p, block, acc);
    for (int r = 0; r < R; r++) {
        for (int c = 0; c < C; c++) {
            acc[r][c].store(out + r * outStride + (block + c) * PackedView::kLanes);
        }
    }
}

template <class V, int R, int C>
void scoreRows(const float* x, size_t stride, const PackedView& p, float* out, size_t outStride) {
    size_t block = 0;
    for (; block + C <= p.blocks; block += C) {
        scoreBlocks<V, R, C>(x, stride, p, block, out, outStride);
    }
    for (; block < p.blocks; block++) {
        scoreBlocks<V, R, 1>(x, stride, p, block, out, outStride);
    }
}

template <class V, int R, int C>
void scoresOf(const float* x, size_t stride, size_t n, const PackedView& p, float* out,
              size_t outStride) {
    size_t i = 0;
    for (; i + R <= n; i += R) {
        scoreRows<V, R, C>(x + i * stride, stride, p, out + i * outStride, outStride);
    }
    for (; i < n; i++) {
        scoreRows<V, 1, C>(x + i * stride, stride, p, out + i * outStride, outStride);
    }
}

// Running winners of R vectors: per lane the smallest score so far and its block.
template <class V, int R>
struct Winners {
    V score[R];
    typename V::Index block[R];
};

template <class V, int R, int C>
inline void compete(const float* x, size_t stride, const PackedView& p, size_t block,
                    Winners<V, R>& best) {
    V acc[R][C];
    multiply<V, R, C>(x, stride, p, block, acc);
    for (int r = 0; r < R; r++) {
        for (int c = 0; c < C; c++) {
            V::keepSmaller(acc[r][c], (int32_t)(block + c), best.score[r], best.block[r]);
        }
    }
}

// Lanes hold the lowest block of their smallest score; what is left is a tie between lanes.
template <class V>
inline void settle(const V& score, const typename V::Index& block, float& bestScore,
                   int32_t& bestRow) {
    float scores[PackedView::kLanes];
    int32_t blocks[PackedView::kLanes];
    score.store(scores);
    block.store(blocks);
    for (int32_t lane = 0; lane < (int32_t)PackedView::kLanes; lane++) {
        int32_t row = blocks[lane] * (int32_t)PackedView::kLanes + lane;
        if (scores[lane] < bestScore || (scores[lane] == bestScore && row < bestRow)) {
            bestScore = scores[lane];
            bestRow = row;
        }
    }
}

template <class V, int R, int C>
void nearestRows(const float* x, size_t stride, const PackedView& p, size_t from, size_t to,
                 float* bestScores, int32_t* bestRows) {
    Winners<V, R> best;
    for (int r = 0; r < R; r++) {
        best.score[r] = V::broadcast(__builtin_inff());
        best.block[r] = V::Index::broadcast((int32_t)from);
    }
    size_t block = from;
    for (; block + C <= to; block += C) compete<V, R, C>(x, stride, p, block, best);
    for (; block < to; block++) compete<V, R, 1>(x, stride, p, block, best);
    for (int r = 0; r < R; r++) {
        settle<V>(best.score[r], best.block[r], bestScores[r], bestRows[r]);
    }
}

constexpr size_t kVectorsAtOnce = 256;
// A tile of the matrix is read once per few vectors: it has to stay in the second-level cache.
constexpr size_t kTileFloats = 64 * 1024;

template <class V, int R, int C>
void nearestAtOnce(const float* x, size_t stride, size_t n, const PackedView& p, int32_t* rows) {
    float scores[kVectorsAtOnce];
    for (size_t i = 0; i < n; i++) {
        scores[i] = __builtin_inff();
        rows[i] = 0;
    }
    size_t tile = kTileFloats / (p.dimension * PackedView::kLanes) / C * C;
    if (tile == 0) tile = C;
    for (size_t from = 0; from < p.blocks; from += tile) {
        size_t to = from + tile < p.blocks ? from + tile : p.blocks;
        size_t i = 0;
        for (; i + R <= n; i += R) {
            nearestRows<V, R, C>(x + i * stride, stride, p, from, to, scores + i, rows + i);
        }
        for (; i < n; i++) {
            nearestRows<V, 1, C>(x + i * stride, stride, p, from, to, scores + i, rows + i);
        }
    }
}

template <class V, int R, int C>
void nearestOf(const float* x, size_t stride, size_t n, const PackedView& p, int32_t* rows) {
    for (size_t i = 0; i < n; i += kVectorsAtOnce) {
        size_t m = n - i < kVectorsAtOnce ? n - i : kVectorsAtOnce;
        nearestAtOnce<V, R, C>(x + i * stride, stride, m, p, rows + i);
    }
}

template <class V, int C>
inline void squareBlocks(const float* x, const PackedView& p, size_t block, float* out) {
    const size_t blockSize = p.dimension * PackedView::kLanes;
    const float* values = p.values + block * blockSize;
    V acc[C];
    for (int c = 0; c < C; c++) acc[c] = V::broadcast(0.0f);
    for (size_t j = 0; j < p.dimension; j++) {
        V component = V::broadcast(x[j]);
        for (int c = 0; c < C; c++) {
            V difference =
                V::subtract(component, V::load(values + c * blockSize + j * PackedView::kLanes));
            acc[c] = V::fmadd(difference, difference, acc[c]);
        }
    }
    for (int c = 0; c < C; c++) acc[c].store(out + (block + c) * PackedView::kLanes);
}

template <class V, int C>
void squaredDistancesOf(const float* x, const PackedView& p, float* out) {
    size_t block = 0;
    for (; block + C <= p.blocks; block += C) squareBlocks<V, C>(x, p, block, out);
    for (; block < p.blocks; block++) squareBlocks<V, 1>(x, p, block, out);
}

template <class V>
inline V addSquares(const float* a, const float* b, V sum) {
    V difference = V::subtract(V::load(a), V::load(b));
    return V::fmadd(difference, difference, sum);
}

template <class V>
float squaredDistanceOf(const float* a, const float* b, size_t dimension) {
    constexpr size_t lanes = PackedView::kLanes;
    V sum = V::broadcast(0.0f);
    size_t j = 0;
    for (; j + lanes <= dimension; j += lanes) sum = addSquares<V>(a + j, b + j, sum);
    if (j < dimension) {
        // Missing components are equal: they add nothing.
        float endOfA[lanes] = {}, endOfB[lanes] = {};
        __builtin_memcpy(endOfA, a + j, (dimension - j) * sizeof(float));
        __builtin_memcpy(endOfB, b + j, (dimension - j) * sizeof(float));
        sum = addSquares<V>(endOfA, endOfB, sum);
    }
    float lane[lanes];
    sum.store(lane);
    for (size_t half = lanes / 2; half > 0; half /= 2) {
        for (size_t i = 0; i < half; i++) lane[i] += lane[i + half];
    }
    return lane[0];
}

}  // namespace
}  // namespace remap
