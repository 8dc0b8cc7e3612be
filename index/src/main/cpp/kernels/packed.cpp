#include "packed.h"

#include <cmath>
#include <cstdlib>
#include <new>

namespace remap {

void PackedMatrix::Free::operator()(float* p) const { std::free(p); }

PackedMatrix::PackedMatrix(const float* rows, size_t n, size_t dimension)
    : n_(n),
      dimension_(dimension),
      blocks_((n + PackedView::kLanes - 1) / PackedView::kLanes),
      offsets_(blocks_ * PackedView::kLanes, INFINITY) {
    size_t size = blocks_ * PackedView::kLanes * dimension;
    values_.reset(static_cast<float*>(std::aligned_alloc(64, size * sizeof(float))));
    if (values_ == nullptr) throw std::bad_alloc();
    for (size_t i = 0; i < size; i++) values_[i] = 0;
    for (size_t row = 0; row < n; row++) {
        float* column = values_.get() + row / PackedView::kLanes * PackedView::kLanes * dimension +
                        row % PackedView::kLanes;
        for (size_t j = 0; j < dimension; j++) {
            column[j * PackedView::kLanes] = rows[row * dimension + j];
        }
    }
}

PackedMatrix PackedMatrix::forDistances(const float* rows, size_t n, size_t dimension) {
    PackedMatrix packed(rows, n, dimension);
    for (size_t row = 0; row < n; row++) {
        double sum = 0;
        for (size_t j = 0; j < dimension; j++) {
            double component = rows[row * dimension + j];
            sum += component * component;
        }
        packed.offsets_[row] = static_cast<float>(sum / 2);
    }
    return packed;
}

PackedMatrix PackedMatrix::forProducts(const float* rows, size_t n, size_t dimension) {
    PackedMatrix packed(rows, n, dimension);
    for (size_t row = 0; row < n; row++) packed.offsets_[row] = 0;
    return packed;
}

std::vector<float> PackedMatrix::multiply(const float* x, size_t n) const {
    std::vector<float> out(n * n_);
    std::vector<float> negative(paddedRows());
    for (size_t i = 0; i < n; i++) {
        kernels().scores(x + i * dimension_, dimension_, 1, view(), negative.data(), paddedRows());
        for (size_t row = 0; row < n_; row++) out[i * n_ + row] = -negative[row];
    }
    return out;
}

}  // namespace remap
