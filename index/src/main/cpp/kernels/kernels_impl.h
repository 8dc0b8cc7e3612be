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

// Fewer than R vectors, all at once.
template <class V, int R, int C>
inline void scoreRest(const float* x, size_t stride, size_t n, const PackedView& p, float* out,
                      size_t outStride) {
    if constexpr (R > 1) {
        if (n == R - 1) {
            scoreRows<V, R - 1, C>(x, stride, p, out, outStride);
        } else {
            scoreRest<V, R - 1, C>(x, stride, n, p, out, outStride);
        }
    }
}

template <class V, int R, int C>
void scoresOf(const float* x, size_t stride, size_t n, const PackedView& p, float* out,
              size_t outStride) {
    size_t i = 0;
    for (; i + R <= n; i += R) {
        scoreRows<V, R, C>(x + i * stride, stride, p, out + i * outStride, outStride);
    }
    scoreRest<V, R, C>(x + i * stride, stride, n - i, p, out + i * outStride, outStride);
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
    for (int c = 0; c < C; c++) {
        const typename V::Index number = V::Index::broadcast((int32_t)(block + c));
        for (int r = 0; r < R; r++) {
            V::keepSmaller(acc[r][c], number, best.score[r], best.block[r]);
        }
    }
}

// Lanes hold the lowest block of their smallest score; what is left is a tie between lanes.
template <class V>
inline void settle(const V& score, const typename V::Index& block, float& bestScore,
                   int32_t& bestRow) {
    const float least = V::least(score);
    if (!(least <= bestScore)) return;
    const int32_t row = V::lowestRow(score, least, block);
    if (least < bestScore || row < bestRow) {
        // That of the row itself: zeros of both signs are equal.
        float scores[PackedView::kLanes];
        score.store(scores);
        bestScore = scores[(size_t)row % PackedView::kLanes];
        bestRow = row;
    }
}

// What settle() needs, of vectors in memory.
inline float leastOf(float (&lanes)[PackedView::kLanes]) {
    for (size_t half = PackedView::kLanes / 2; half > 0; half /= 2) {
        for (size_t i = 0; i < half; i++) {
            lanes[i] = lanes[i + half] < lanes[i] ? lanes[i + half] : lanes[i];
        }
    }
    return lanes[0];
}

inline int32_t lowestRowOf(unsigned winners, const int32_t (&blocks)[PackedView::kLanes]) {
    int32_t lowest = INT32_MAX;
    for (; winners != 0; winners &= winners - 1) {
        const int32_t lane = __builtin_ctz(winners);
        const int32_t row = blocks[lane] * (int32_t)PackedView::kLanes + lane;
        if (row < lowest) lowest = row;
    }
    return lowest;
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

template <class V, int R, int C>
inline void nearestRest(const float* x, size_t stride, size_t n, const PackedView& p, size_t from,
                        size_t to, float* bestScores, int32_t* bestRows) {
    if constexpr (R > 1) {
        if (n == R - 1) {
            nearestRows<V, R - 1, C>(x, stride, p, from, to, bestScores, bestRows);
        } else {
            nearestRest<V, R - 1, C>(x, stride, n, p, from, to, bestScores, bestRows);
        }
    }
}

constexpr size_t kVectorsAtOnce = 256;
// A tile of the matrix is read once per few vectors: it has to stay in the second-level cache.
constexpr size_t kTileFloats = 64 * 1024;

template <class V, int R, int C>
void nearestInTiles(const float* x, size_t stride, size_t n, const PackedView& p, float* scores,
                    int32_t* rows) {
    size_t tile = kTileFloats / (p.dimension * PackedView::kLanes) / C * C;
    if (tile == 0) tile = C;
    for (size_t from = 0; from < p.blocks; from += tile) {
        size_t to = from + tile < p.blocks ? from + tile : p.blocks;
        size_t i = 0;
        for (; i + R <= n; i += R) {
            nearestRows<V, R, C>(x + i * stride, stride, p, from, to, scores + i, rows + i);
        }
        nearestRest<V, R, C>(x + i * stride, stride, n - i, p, from, to, scores + i, rows + i);
    }
}

// Of short rows little is multiplied and much compared: then winners, too, have to fit into
// registers.
constexpr size_t kShort = 24;

template <class V, int R, int C>
void nearestAtOnce(const float* x, size_t stride, size_t n, const PackedView& p, float* scores,
                   int32_t* rows) {
    for (size_t i = 0; i < n; i++) {
        scores[i] = __builtin_inff();
        rows[i] = 0;
    }
    if (p.dimension <= kShort) {
        nearestInTiles<V, V::kShortVectors, V::kShortBlocks>(x, stride, n, p, scores, rows);
    } else {
        nearestInTiles<V, R, C>(x, stride, n, p, scores, rows);
    }
}

template <class V, int R, int C>
void nearestScoresOf(const float* x, size_t stride, size_t n, const PackedView& p, float* scores,
                     int32_t* rows) {
    for (size_t i = 0; i < n; i += kVectorsAtOnce) {
        size_t m = n - i < kVectorsAtOnce ? n - i : kVectorsAtOnce;
        nearestAtOnce<V, R, C>(x + i * stride, stride, m, p, scores + i, rows + i);
    }
}

template <class V, int R, int C>
void nearestOf(const float* x, size_t stride, size_t n, const PackedView& p, int32_t* rows) {
    float scores[kVectorsAtOnce];
    for (size_t i = 0; i < n; i += kVectorsAtOnce) {
        size_t m = n - i < kVectorsAtOnce ? n - i : kVectorsAtOnce;
        nearestAtOnce<V, R, C>(x + i * stride, stride, m, p, scores, rows + i);
    }
}

template <class V>
size_t notAboveOf(const float* numbers, size_t n, float limit, uint32_t* places) {
    const V limits = V::broadcast(limit);
    size_t found = 0;
    for (size_t i = 0; i < n; i += PackedView::kLanes) {
        unsigned mask = V::notAbove(V::load(numbers + i), limits);
        for (; mask != 0; mask &= mask - 1) {
            places[found++] = (uint32_t)i + (uint32_t)__builtin_ctz(mask);
        }
    }
    return found;
}

template <class V>
void minimaOf(const float* numbers, size_t n, float* least) {
    constexpr size_t kRegisters = kMinima / PackedView::kLanes;
    V smallest[kRegisters];
    for (size_t r = 0; r < kRegisters; r++) smallest[r] = V::broadcast(__builtin_inff());
    size_t i = 0;
    for (; i + kMinima <= n; i += kMinima) {
        for (size_t r = 0; r < kRegisters; r++) {
            smallest[r] = V::smaller(V::load(numbers + i + r * PackedView::kLanes), smallest[r]);
        }
    }
    for (size_t r = 0; i < n; i += PackedView::kLanes, r++) {
        smallest[r] = V::smaller(V::load(numbers + i), smallest[r]);
    }
    for (size_t r = 0; r < kRegisters; r++) smallest[r].store(least + r * PackedView::kLanes);
}

template <class V>
float kthSmallestOf(const float* numbers, size_t n, size_t k) {
    float kth = __builtin_inff();
    for (size_t i = 0; i < n; i++) {
        if (!(numbers[i] < kth)) continue;
        const V limit = V::broadcast(numbers[i]);
        size_t found = 0;
        for (size_t j = 0; j < n; j += PackedView::kLanes) {
            found += (size_t)__builtin_popcount(V::notAbove(V::load(numbers + j), limit));
        }
        if (found >= k) kth = numbers[i];
    }
    return kth;
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

template <int P>
inline void codeParts(const float* x, const float* const (&row)[P], size_t width,
                      float (&square)[P]) {
    for (int p = 0; p < P; p++) square[p] = 0;
    for (size_t j = 0; j < width; j++) {
        for (int p = 0; p < P; p++) {
            float difference = x[(size_t)p * width + j] - row[p][j];
            square[p] = __builtin_fmaf(difference, difference, square[p]);
        }
    }
}

// Parts in fours: their chains overlap, each keeps its own order.
inline float codeDistanceOf(const float* x, const float* tables, size_t rows, size_t parts,
                            size_t width, const uint8_t* numbers) {
    float sum = 0;
    size_t m = 0;
    for (; m + 4 <= parts; m += 4, x += 4 * width) {
        const float* row[4];
        for (size_t p = 0; p < 4; p++) row[p] = tables + ((m + p) * rows + numbers[m + p]) * width;
        float square[4];
        codeParts<4>(x, row, width, square);
        for (float part : square) sum += part;
    }
    for (; m < parts; m++, x += width) {
        const float* row[1] = {tables + (m * rows + numbers[m]) * width};
        float square[1];
        codeParts<1>(x, row, width, square);
        sum += square[0];
    }
    return sum;
}

}  // namespace
}  // namespace remap
