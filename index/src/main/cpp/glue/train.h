#pragma once

#include <functional>

#include "ivf_pq.h"

namespace remap {

struct TrainingPlan {
    size_t dimension;
    size_t opqDimension;  // 0: no OPQ
    size_t lists;
    size_t hnswLinks;  // 0: flat coarse quantizer
    size_t subquantizers;
    size_t bits;
    int seed;
};

// Called with one line of text now and then; what it throws ends the training.
using Progress = std::function<void(const std::string&)>;

// Throws std::invalid_argument, naming the number that is out of range or does not fit another.
void check(const TrainingPlan& plan);

// Also that n vectors are enough for all of it.
void check(const TrainingPlan& plan, size_t n);

// A quantizer trained on n vectors (row-major, changed by nobody): the same bits for the same
// input, on one thread. Throws as check() does.
std::shared_ptr<const IvfPq> train(const TrainingPlan& plan, const float* x, size_t n,
                                   const Progress& progress);

// The first step alone: the OPQ matrix, opqDimension * dimension, of n vectors.
std::vector<float> trainRotation(const TrainingPlan& plan, const float* x, size_t n,
                                 const Progress& progress);

// What the codebook is trained on: the residuals of at most 256 vectors for each code number, chosen
// by the seed among n as they come out of OPQ, from those centroids, lists * d.
std::vector<float> trainingResiduals(const TrainingPlan& plan, const std::vector<float>& centroids,
                                     const float* y, size_t n, const Progress& progress);

// The last step alone: a quantizer of that OPQ matrix (empty without OPQ), those centroids and that
// codebook, the rows of each sub-quantizer after those of the one before.
std::shared_ptr<const IvfPq> assemble(const TrainingPlan& plan, const std::vector<float>& rotation,
                                      const std::vector<float>& centroids,
                                      std::vector<float> codebook, const Progress& progress);

}  // namespace remap
