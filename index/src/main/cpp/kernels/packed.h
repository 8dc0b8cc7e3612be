// The owner of a matrix in kernel order.
#pragma once

#include <memory>
#include <vector>

#include "kernels.h"

namespace remap {

struct Free {
    void operator()(void* p) const;
};

// A matrix's rows rounded to bf16.
class HalfMatrix {
 public:
    // None.
    HalfMatrix() = default;

    // None where the best kernels do not filter, or not such rows.
    HalfMatrix(const float* rows, const PackedView& packed);

    HalfView view() const { return view_; }

 private:
    std::unique_ptr<uint32_t[], Free> pairs_;
    HalfView view_{};
};

class PackedMatrix {
 public:
    // Scores become |row|^2 / 2 - <x, row>: the smallest is the nearest row.
    static PackedMatrix forDistances(const float* rows, size_t n, size_t dimension);

    // The same for those who bring the halves themselves, or do not look for the nearest.
    static PackedMatrix withoutHalves(const float* rows, size_t n, size_t dimension);

    // Scores become -<x, row>.
    static PackedMatrix forProducts(const float* rows, size_t n, size_t dimension);

    PackedView view() const {
        return {n_, dimension_, blocks_, values_.get(), offsets_.data(), halves_.view()};
    }
    // Of a matrix forProducts: <x, row> for n vectors and all rows, n * rows.
    std::vector<float> multiply(const float* x, size_t n) const;

    size_t paddedRows() const { return blocks_ * PackedView::kLanes; }

 private:
    PackedMatrix(const float* rows, size_t n, size_t dimension);

    size_t n_;
    size_t dimension_;
    size_t blocks_;
    std::unique_ptr<float[], Free> values_;
    std::vector<float> offsets_;
    HalfMatrix halves_;
};

}  // namespace remap
