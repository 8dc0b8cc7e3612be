#include "kernels_impl.h"

namespace remap {
namespace {

// fmaf rounds once, in software where the CPU has no such instruction: slow there, same bits.
struct Vector {
    struct Index {
        int32_t v[PackedView::kLanes];
        static Index broadcast(int32_t i) {
            Index index;
            for (int32_t& lane : index.v) lane = i;
            return index;
        }
        void store(int32_t* to) const { __builtin_memcpy(to, v, sizeof v); }
    };
    static constexpr int kShortVectors = 1, kShortBlocks = 1;
    float v[PackedView::kLanes];
    static Vector load(const float* from) {
        Vector vector;
        __builtin_memcpy(vector.v, from, sizeof vector.v);
        return vector;
    }
    static Vector broadcast(float f) {
        Vector vector;
        for (float& lane : vector.v) lane = f;
        return vector;
    }
    static Vector subtract(Vector a, const Vector& b) {
        for (size_t i = 0; i < PackedView::kLanes; i++) a.v[i] -= b.v[i];
        return a;
    }
    static Vector fmadd(const Vector& a, const Vector& b, Vector c) {
        for (size_t i = 0; i < PackedView::kLanes; i++) {
            c.v[i] = __builtin_fmaf(a.v[i], b.v[i], c.v[i]);
        }
        return c;
    }
    static Vector fnmadd(const Vector& a, const Vector& b, Vector c) {
        for (size_t i = 0; i < PackedView::kLanes; i++) {
            c.v[i] = __builtin_fmaf(-a.v[i], b.v[i], c.v[i]);
        }
        return c;
    }
    void store(float* to) const { __builtin_memcpy(to, v, sizeof v); }
    static unsigned notAbove(const Vector& a, const Vector& limit) {
        unsigned mask = 0;
        for (size_t i = 0; i < PackedView::kLanes; i++) {
            mask |= (unsigned)!(a.v[i] > limit.v[i]) << i;
        }
        return mask;
    }
    static Vector smaller(const Vector& a, Vector b) {
        for (size_t i = 0; i < PackedView::kLanes; i++) {
            if (a.v[i] < b.v[i]) b.v[i] = a.v[i];
        }
        return b;
    }
    static void keepSmaller(const Vector& score, const Index& block, Vector& best,
                            Index& bestBlock) {
        for (size_t i = 0; i < PackedView::kLanes; i++) {
            if (score.v[i] < best.v[i]) {
                best.v[i] = score.v[i];
                bestBlock.v[i] = block.v[i];
            }
        }
    }
    static float least(Vector a) { return leastOf(a.v); }
    // The lowest row of those lanes whose score this is.
    static int32_t lowestRow(const Vector& score, float least, const Index& block) {
        return lowestRowOf(notAbove(score, broadcast(least)), block.v);
    }
};

}  // namespace

extern const Kernels kPortable = {
    "portable",
    false,
    scoresOf<Vector, 1, 1>,
    nearestOf<Vector, 1, 1>,
    nearestScoresOf<Vector, 1, 1>,
    notAboveOf<Vector>,
    minimaOf<Vector>,
    kthSmallestOf<Vector>,
    squaredDistancesOf<Vector, 1>,
    squaredDistanceOf<Vector>,
    codeDistanceOf,
};

}  // namespace remap
