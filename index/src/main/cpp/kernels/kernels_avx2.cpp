#include <immintrin.h>

#include "kernels_impl.h"

namespace remap {
namespace {

struct Vector {
    struct Index {
        __m256i low, high;
        static Index broadcast(int32_t i) { return {_mm256_set1_epi32(i), _mm256_set1_epi32(i)}; }
        void store(int32_t* to) const {
            _mm256_storeu_si256((__m256i*)to, low);
            _mm256_storeu_si256((__m256i*)(to + 8), high);
        }
    };
    static constexpr int kShortVectors = 6, kShortBlocks = 1;
    __m256 low, high;
    static Vector load(const float* from) {
        return {_mm256_loadu_ps(from), _mm256_loadu_ps(from + 8)};
    }
    static Vector broadcast(float f) { return {_mm256_set1_ps(f), _mm256_set1_ps(f)}; }
    static Vector subtract(Vector a, Vector b) {
        return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
    }
    static Vector fmadd(Vector a, Vector b, Vector c) {
        return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
    }
    static Vector fnmadd(Vector a, Vector b, Vector c) {
        return {_mm256_fnmadd_ps(a.low, b.low, c.low), _mm256_fnmadd_ps(a.high, b.high, c.high)};
    }
    void store(float* to) const {
        _mm256_storeu_ps(to, low);
        _mm256_storeu_ps(to + 8, high);
    }
    static unsigned notAbove(Vector a, Vector limit) {
        return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a.low, limit.low, _CMP_NGT_UQ)) |
               (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a.high, limit.high, _CMP_NGT_UQ)) << 8;
    }
    static Vector smaller(Vector a, Vector b) {
        return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)};
    }
    static void keepSmaller(__m256 score, __m256i block, __m256& best, __m256i& bestBlock) {
        __m256 smaller = _mm256_cmp_ps(score, best, _CMP_LT_OQ);
        best = _mm256_blendv_ps(best, score, smaller);
        bestBlock = _mm256_castps_si256(
            _mm256_blendv_ps(_mm256_castsi256_ps(bestBlock), _mm256_castsi256_ps(block), smaller));
    }
    static void keepSmaller(Vector score, Index block, Vector& best, Index& bestBlock) {
        keepSmaller(score.low, block.low, best.low, bestBlock.low);
        keepSmaller(score.high, block.high, best.high, bestBlock.high);
    }
    static float least(Vector a) {
        float lanes[PackedView::kLanes];
        a.store(lanes);
        return leastOf(lanes);
    }
    // The lowest row of those lanes whose score this is.
    static int32_t lowestRow(Vector score, float least, Index block) {
        int32_t blocks[PackedView::kLanes];
        block.store(blocks);
        return lowestRowOf(notAbove(score, broadcast(least)), blocks);
    }
};

}  // namespace

extern const Kernels kAvx2 = {
    "avx2",
    false,
    scoresOf<Vector, 6, 1>,
    nearestOf<Vector, 6, 1>,
    nearestScoresOf<Vector, 6, 1>,
    notAboveOf<Vector>,
    minimaOf<Vector>,
    kthSmallestOf<Vector>,
    squaredDistancesOf<Vector, 4>,
    squaredDistanceOf<Vector>,
    codeDistanceOf,
};

}  // namespace remap
