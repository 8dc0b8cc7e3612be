// As AVX-512, but the nearest rows are looked for in bf16 first: two products and sums a lane where
// f32 has one. Rough scores are wrong by no more than a bound that is computed for each vector, so
// every row whose f32 score may be the smallest is found, and these few are scored in f32 as
// everywhere: the winner and its score are those of the other sets, to the last bit.
#include "kernels_impl.h"
#include "vector512.h"

namespace remap {
namespace {

constexpr int kVectors = 8;
constexpr int kBlocks = 3;
constexpr size_t kLanes = PackedView::kLanes;

// Vectors at once, and their components in pairs of bf16.
constexpr size_t kMostAtOnce = 128;
constexpr size_t kPairsAtOnce = kVectors * HalfView::kMostPairs;
// The rows of a tile stay in the second-level cache while all these vectors pass.
constexpr size_t kTilePairs = 64 * 1024;
// Rows that one vector may have in question. Vectors with more (rows that are all but equal) are
// scored in f32 throughout.
constexpr uint32_t kRoom = 32;
constexpr uint32_t kTooMany = kRoom + 1;

// Largest number: missing rows of the last block score +infinity, and are above it.
constexpr float kLargest = 0x1.fffffep+127f;
struct Contest {
    float reach;   // the least rough score so far, and twice what it may be wrong by
    float margin;  // that
    uint32_t count;
    int32_t rows[kRoom];    // ascending
    float scores[kRoom];
};

struct Batch {
    alignas(64) uint32_t pairs[kPairsAtOnce];
    Contest contests[kMostAtOnce];
};

double sum(__m512d v) { return _mm512_reduce_add_pd(v); }

// What |x - rounded| and |x| are, while x is written as pairs of its negative in bf16.
void roundPairs(const float* x, size_t dimension, uint32_t* pairs, double& norm, double& residual) {
    __m512d squares = _mm512_setzero_pd(), lost = _mm512_setzero_pd();
    const __m512i sign = _mm512_set1_epi32(INT32_MIN);
    for (size_t j = 0; j < dimension; j += kLanes) {
        const size_t left = dimension - j;
        const __mmask16 there = left >= kLanes ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
        const __m512 exact = _mm512_maskz_loadu_ps(there, x + j);
        const __m256i rough = (__m256i)_mm512_cvtneps_pbh(
            _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(exact), sign)));
        const __m512i wide = _mm512_slli_epi32(_mm512_cvtepu16_epi32(rough), 16);
        const __m512 error = _mm512_add_ps(exact, _mm512_castsi512_ps(wide));
        for (int half = 0; half < 2; half++) {
            const __m512d e = _mm512_cvtps_pd(half == 0 ? _mm512_castps512_ps256(error)
                                                        : _mm256_castsi256_ps(_mm512_extracti64x4_epi64(_mm512_castps_si512(error), 1)));
            const __m512d v = _mm512_cvtps_pd(half == 0 ? _mm512_castps512_ps256(exact)
                                                        : _mm256_castsi256_ps(_mm512_extracti64x4_epi64(_mm512_castps_si512(exact), 1)));
            lost = _mm512_fmadd_pd(e, e, lost);
            squares = _mm512_fmadd_pd(v, v, squares);
        }
        _mm256_storeu_si256((__m256i*)(pairs + j / 2), rough);
    }
    norm = __builtin_sqrt(sum(squares));
    residual = __builtin_sqrt(sum(lost));
}

// The most by which two scores of one row, rough and f32, can differ:
//   |<x, c> - <x', c'>| <= |x - x'| |c| + |x'| |c - c'|            (rounding to bf16)
//   f32:   d fused multiply-adds, each wrong by 2^-24 of what is summed up to then
//   rough: 2 d of them at the most, in whatever order; results and products below 2^-126 are zero
// and a few roundings of sums with this bound itself.
double bound(double norm, double residual, const HalfView& rows, size_t dimension) {
    const double d = (double)dimension;
    const double roughNorm = norm + residual;
    const double rounding = 1.05 * (3 * d + 16) * 0x1p-24;
    return (residual * rows.norm + roughNorm * rows.residual +
            rounding * (rows.offset + roughNorm * (rows.norm + rows.residual))) *
               1.001 +
           (6 * d + 16) * 0x1p-126;
}

template <int R, int C>
inline void roughScores(const uint32_t* x, size_t stride, const PackedView& p, size_t block,
                        __m512 (&acc)[R][C]) {
    const size_t pairs = p.halves.pairs;
    const uint32_t* values = p.halves.values + block * pairs * kLanes;
    for (int c = 0; c < C; c++) {
        const __m512 start = _mm512_loadu_ps(p.offsets + (block + c) * kLanes);
        for (int r = 0; r < R; r++) acc[r][c] = start;
    }
    for (size_t j = 0; j < pairs; j++) {
        __m512bh column[C];
        for (int c = 0; c < C; c++) {
            column[c] = (__m512bh)_mm512_loadu_si512(values + (c * pairs + j) * kLanes);
        }
        for (int r = 0; r < R; r++) {
            const __m512bh pair = (__m512bh)_mm512_set1_epi32((int32_t)x[r * stride + j]);
            for (int c = 0; c < C; c++) acc[r][c] = _mm512_dpbf16_ps(acc[r][c], column[c], pair);
        }
    }
}

// Rows that have fallen out of reach make room.
void tidy(Contest& contest) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < contest.count; i++) {
        if (contest.scores[i] > contest.reach) continue;
        contest.rows[kept] = contest.rows[i];
        contest.scores[kept++] = contest.scores[i];
    }
    contest.count = kept;
}

// `count` scores, a multiple of 16, of which some are within reach.
__attribute__((noinline)) void admit(Contest& contest, const float* scores, size_t count,
                                     int32_t firstRow) {
    if (contest.count == kTooMany) return;
    __m512 least = _mm512_loadu_ps(scores);
    for (size_t i = kLanes; i < count; i += kLanes) {
        least = _mm512_min_ps(least, _mm512_loadu_ps(scores + i));
    }
    const float reach = _mm512_reduce_min_ps(least) + contest.margin;
    if (reach < contest.reach) contest.reach = reach;
    for (size_t i = 0; i < count; i += kLanes) {
        unsigned within = _mm512_cmp_ps_mask(_mm512_loadu_ps(scores + i),
                                             _mm512_set1_ps(contest.reach), _CMP_LE_OQ);
        for (; within != 0; within &= within - 1) {
            if (contest.count == kRoom) tidy(contest);
            if (contest.count == kRoom) {
                contest.count = kTooMany;
                contest.reach = -__builtin_inff();
                return;
            }
            const int lane = __builtin_ctz(within);
            contest.rows[contest.count] = firstRow + (int32_t)i + lane;
            contest.scores[contest.count++] = scores[i + (size_t)lane];
        }
    }
}

template <int R, int C>
inline void contend(const uint32_t* x, size_t stride, const PackedView& p, size_t block,
                    Contest* contests) {
    __m512 acc[R][C];
    roughScores<R, C>(x, stride, p, block, acc);
    unsigned within = 0;
    for (int r = 0; r < R; r++) {
        __m512 least = acc[r][0];
        for (int c = 1; c < C; c++) least = _mm512_min_ps(least, acc[r][c]);
        const __mmask16 some =
            _mm512_cmp_ps_mask(least, _mm512_set1_ps(contests[r].reach), _CMP_LE_OQ);
        within |= (unsigned)(some != 0) << r;
    }
    if (__builtin_expect(within == 0, 1)) return;
    alignas(64) float scores[R][C * kLanes];
    for (int r = 0; r < R; r++) {
        for (int c = 0; c < C; c++) _mm512_store_ps(scores[r] + (size_t)c * kLanes, acc[r][c]);
    }
    for (; within != 0; within &= within - 1) {
        const int r = __builtin_ctz(within);
        admit(contests[r], scores[r], C * kLanes, (int32_t)(block * kLanes));
    }
}

template <int R>
void contendRows(const uint32_t* x, size_t stride, const PackedView& p, size_t from, size_t to,
                 Contest* contests) {
    size_t block = from;
    for (; block + kBlocks <= to; block += kBlocks) {
        contend<R, kBlocks>(x, stride, p, block, contests);
    }
    for (; block < to; block++) contend<R, 1>(x, stride, p, block, contests);
}

template <int R>
inline void contendRest(const uint32_t* x, size_t stride, size_t n, const PackedView& p,
                        size_t from, size_t to, Contest* contests) {
    if constexpr (R > 1) {
        if (n == R - 1) {
            contendRows<R - 1>(x, stride, p, from, to, contests);
        } else {
            contendRest<R - 1>(x, stride, n, p, from, to, contests);
        }
    }
}

// Pairs of a vector and a row that are to be scored in f32: several chains overlap.
struct Rescoring {
    static constexpr size_t kAtOnce = 8;
    const float* x[kAtOnce];
    size_t vector[kAtOnce];
    int32_t row[kAtOnce];
    size_t count = 0;
};

void rescore(Rescoring& some, const PackedView& p, float* scores, int32_t* rows) {
    const float* values[Rescoring::kAtOnce];
    float acc[Rescoring::kAtOnce];
    for (size_t i = 0; i < Rescoring::kAtOnce; i++) {
        // Missing ones repeat the first.
        if (i >= some.count) some.x[i] = some.x[0], some.row[i] = some.row[0];
        const size_t row = (size_t)some.row[i];
        values[i] = p.values + row / kLanes * p.dimension * kLanes + row % kLanes;
        acc[i] = p.offsets[row];
    }
    for (size_t j = 0; j < p.dimension; j++) {
        for (size_t i = 0; i < Rescoring::kAtOnce; i++) {
            acc[i] = __builtin_fmaf(-some.x[i][j], values[i][j * kLanes], acc[i]);
        }
    }
    // Rows of one vector come in ascending order: the first of equal ones stays.
    for (size_t i = 0; i < some.count; i++) {
        const size_t at = some.vector[i];
        if (acc[i] < scores[at]) {
            scores[at] = acc[i];
            rows[at] = some.row[i];
        }
    }
    some.count = 0;
}

void nearestOfBatch(const float* x, size_t stride, size_t n, const PackedView& p, Batch& batch,
                    bool wantsScores, float* scores, int32_t* rows) {
    // A whole number of cache lines, so that converting may write all of its last 16.
    const size_t width = (p.halves.pairs + 7) / 8 * 8;
    for (size_t i = 0; i < n; i++) {
        double norm, residual;
        roundPairs(x + i * stride, p.dimension, batch.pairs + i * width, norm, residual);
        const bool usable = norm < HalfView::kLongest;
        Contest& contest = batch.contests[i];
        contest.margin = usable ? (float)(2 * bound(norm, residual, p.halves, p.dimension)) : 0;
        contest.reach = usable ? kLargest : -__builtin_inff();
        contest.count = usable ? 0 : kTooMany;
        scores[i] = __builtin_inff();
        rows[i] = 0;
    }
    size_t tile = kTilePairs / (p.halves.pairs * kLanes) / kBlocks * kBlocks;
    if (tile == 0) tile = kBlocks;
    for (size_t from = 0; from < p.blocks; from += tile) {
        const size_t to = from + tile < p.blocks ? from + tile : p.blocks;
        size_t i = 0;
        for (; i + kVectors <= n; i += kVectors) {
            contendRows<kVectors>(batch.pairs + i * width, width, p, from, to, batch.contests + i);
        }
        contendRest<kVectors>(batch.pairs + i * width, width, n - i, p, from, to,
                              batch.contests + i);
    }
    Rescoring some;
    for (size_t i = 0; i < n; i++) {
        Contest& contest = batch.contests[i];
        if (contest.count == kTooMany) {
            nearestAtOnce<Vector, kVectors, kBlocks>(x + i * stride, stride, 1, p, scores + i,
                                                     rows + i);
            continue;
        }
        tidy(contest);
        if (contest.count == 1 && !wantsScores) {
            rows[i] = contest.rows[0];
            continue;
        }
        for (uint32_t j = 0; j < contest.count; j++) {
            some.x[some.count] = x + i * stride;
            some.vector[some.count] = i;
            some.row[some.count] = contest.rows[j];
            if (++some.count == Rescoring::kAtOnce) rescore(some, p, scores, rows);
        }
    }
    if (some.count > 0) rescore(some, p, scores, rows);
}

void nearestFiltered(const float* x, size_t stride, size_t n, const PackedView& p,
                     bool wantsScores, float* scores, int32_t* rows) {
    Batch batch;
    float unwanted[kMostAtOnce];
    const size_t width = (p.halves.pairs + 7) / 8 * 8;
    size_t atOnce = kPairsAtOnce / width / kVectors * kVectors;
    if (atOnce > kMostAtOnce) atOnce = kMostAtOnce;
    for (size_t i = 0; i < n; i += atOnce) {
        const size_t m = n - i < atOnce ? n - i : atOnce;
        nearestOfBatch(x + i * stride, stride, m, p, batch, wantsScores,
                       wantsScores ? scores + i : unwanted, rows + i);
    }
}

void nearest(const float* x, size_t stride, size_t n, const PackedView& p, int32_t* rows) {
    if (p.halves.values != nullptr) {
        nearestFiltered(x, stride, n, p, false, nullptr, rows);
    } else {
        nearestOf<Vector, kVectors, kBlocks>(x, stride, n, p, rows);
    }
}

void nearestScores(const float* x, size_t stride, size_t n, const PackedView& p, float* scores,
                   int32_t* rows) {
    if (p.halves.values != nullptr) {
        nearestFiltered(x, stride, n, p, true, scores, rows);
    } else {
        nearestScoresOf<Vector, kVectors, kBlocks>(x, stride, n, p, scores, rows);
    }
}

}  // namespace

extern const Kernels kAvx512Bf16 = {
    "avx512bf16",
    true,
    scoresOf<Vector, kVectors, kBlocks>,
    nearest,
    nearestScores,
    notAboveOf<Vector>,
    minimaOf<Vector>,
    kthSmallestOf<Vector>,
    squaredDistancesOf<Vector, 8>,
    squaredDistanceOf<Vector>,
    codeDistanceOf,
};

}  // namespace remap
