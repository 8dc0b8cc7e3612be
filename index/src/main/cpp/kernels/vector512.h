// Sixteen floats of AVX-512, as kernels_impl.h wants them. In an anonymous namespace like all of
// that: each set of kernels has its own, compiled for what it runs on.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace remap {
namespace {

struct Vector {
    struct Index {
        __m512i v;
        static Index broadcast(int32_t i) { return {_mm512_set1_epi32(i)}; }
        void store(int32_t* to) const { _mm512_storeu_si512(to, v); }
    };
    static constexpr int kShortVectors = 4, kShortBlocks = 4;
    __m512 v;
    static Vector load(const float* from) { return {_mm512_loadu_ps(from)}; }
    static Vector broadcast(float f) { return {_mm512_set1_ps(f)}; }
    static Vector subtract(Vector a, Vector b) { return {_mm512_sub_ps(a.v, b.v)}; }
    static Vector fmadd(Vector a, Vector b, Vector c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
    static Vector fnmadd(Vector a, Vector b, Vector c) { return {_mm512_fnmadd_ps(a.v, b.v, c.v)}; }
    void store(float* to) const { _mm512_storeu_ps(to, v); }
    static unsigned notAbove(Vector a, Vector limit) {
        return _mm512_cmp_ps_mask(a.v, limit.v, _CMP_NGT_UQ);
    }
    // b unless a is smaller, as where either is NaN.
    static Vector smaller(Vector a, Vector b) { return {_mm512_min_ps(a.v, b.v)}; }
    static void keepSmaller(Vector score, Index block, Vector& best, Index& bestBlock) {
        __mmask16 smaller = _mm512_cmp_ps_mask(score.v, best.v, _CMP_LT_OQ);
        best.v = _mm512_mask_mov_ps(best.v, smaller, score.v);
        bestBlock.v = _mm512_mask_mov_epi32(bestBlock.v, smaller, block.v);
    }
    static float least(Vector a) { return _mm512_reduce_min_ps(a.v); }
    // The lowest row of those lanes whose score this is.
    static int32_t lowestRow(Vector score, float least, Index block) {
        int32_t blocks[PackedView::kLanes];
        block.store(blocks);
        return lowestRowOf(_mm512_cmp_ps_mask(score.v, _mm512_set1_ps(least), _CMP_EQ_OQ), blocks);
    }
};

}  // namespace
}  // namespace remap
