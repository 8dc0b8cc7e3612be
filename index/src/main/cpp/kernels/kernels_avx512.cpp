#include "kernels_impl.h"
#include "vector512.h"

namespace remap {

extern const Kernels kAvx512 = {
    "avx512",
    false,
    scoresOf<Vector, 8, 3>,
    nearestOf<Vector, 8, 3>,
    nearestScoresOf<Vector, 8, 3>,
    notAboveOf<Vector>,
    minimaOf<Vector>,
    kthSmallestOf<Vector>,
    squaredDistancesOf<Vector, 8>,
    squaredDistanceOf<Vector>,
    codeDistanceOf,
};

}  // namespace remap
