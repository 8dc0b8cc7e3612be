// The nearest of slowly moving centroids, without looking at most of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "packed.h"

namespace remap {

// Assigns the same n vectors to k centroids again and again, as Lloyd's iterations do: each time the
// rows that Kernels::nearest names, to the last bit and tie, whatever moved.
//
// Centroids that lie together form a group. For each vector and group a lower bound of the distance
// to the group's nearest is kept (Ding et al., "Yinyang K-Means", 2015); it falls by as much as any
// of the group has moved, and the group is looked at again only when it reaches the distance of the
// best centroid found so far. Bounds and distances take the rounding of the scores into account, so
// that a group which is passed over has no score as low as the winner's.
class PrunedNearest {
 public:
    // `x` is n * d, and stays where and as it is. Takes 4 n groups() bytes beside: at most half as
    // much as `x`.
    PrunedNearest(const float* x, size_t n, size_t d, size_t k, const Kernels& kernels);

    // k * d centroids; rows of the nearest for each vector.
    void assign(const float* centroids, int32_t* rows);

    // Scores computed by the last call, as a share of all n * k.
    double looked() const;

    // 0 where there are too few centroids for pruning to pay.
    size_t groups() const { return groupCount_; }

 private:
    struct Group {
        std::vector<int32_t> ids;  // ascending
        double drift = 0;          // of any centroid, added up over all calls: never too small
    };
    struct Block;

    void regroup(const float* centroids);
    void drift(const float* centroids);
    void assignAll(const float* centroids, int32_t* rows);
    void assignBlock(Block& block, const std::vector<PackedMatrix>& packed, size_t from, size_t to,
                     int32_t* rows);
    void look(Block& block, const std::vector<PackedMatrix>& packed, size_t group, size_t n);

    const Kernels& kernels_;
    const float* x_;
    size_t n_;
    size_t d_;
    size_t k_;
    size_t groupCount_;
    std::vector<double> norms_;  // |x|
    double largestNorm_ = 0;
    std::vector<float> before_;  // centroids of the last call
    std::vector<Group> groups_;
    std::vector<int32_t> groupOf_;  // of each centroid
    std::vector<int32_t> rows_;     // of the last call
    std::vector<float> bounds_;     // groups * n: lower bound plus the drift when it was found
    size_t scores_ = 0;
};

}  // namespace remap
