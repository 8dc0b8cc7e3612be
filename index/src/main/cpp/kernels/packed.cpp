#include "packed.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>

namespace remap {

namespace {

// With fewer rows, or components in all, a filter costs more than it saves.
constexpr size_t kFewestFiltered = 256;
constexpr size_t kFewestComponents = 64 * 1024;

template <class T>
T* allocate(size_t count) {
    void* place = std::aligned_alloc(64, (count * sizeof(T) + 63) / 64 * 64);
    if (place == nullptr) throw std::bad_alloc();
    return static_cast<T*>(place);
}

// The nearest bf16, ties to even; what is too small for a normal one becomes zero.
uint32_t toBf16(float f) {
    uint32_t bits;
    std::memcpy(&bits, &f, sizeof bits);
    bits += 0x7fff + (bits >> 16 & 1);
    return (bits & 0x7f800000) == 0 ? 0 : bits >> 16;
}

float fromBf16(uint32_t half) {
    const uint32_t bits = half << 16;
    float f;
    std::memcpy(&f, &bits, sizeof f);
    return f;
}

}  // namespace

void Free::operator()(void* p) const { std::free(p); }

PackedMatrix::PackedMatrix(const float* rows, size_t n, size_t dimension)
    : n_(n),
      dimension_(dimension),
      blocks_((n + PackedView::kLanes - 1) / PackedView::kLanes),
      offsets_(blocks_ * PackedView::kLanes, INFINITY) {
    size_t size = blocks_ * PackedView::kLanes * dimension;
    values_.reset(allocate<float>(size));
    std::fill_n(values_.get(), size, 0.0f);
    for (size_t row = 0; row < n; row++) {
        float* column = values_.get() + row / PackedView::kLanes * PackedView::kLanes * dimension +
                        row % PackedView::kLanes;
        for (size_t j = 0; j < dimension; j++) {
            column[j * PackedView::kLanes] = rows[row * dimension + j];
        }
    }
}

HalfMatrix::HalfMatrix(const float* rows, const PackedView& packed) {
    const size_t n = packed.rows, dimension = packed.dimension, pairs = (dimension + 1) / 2;
    if (n < kFewestFiltered || n * dimension < kFewestComponents || pairs > HalfView::kMostPairs ||
        !kernels().filters) {
        return;
    }
    HalfView halves{pairs, nullptr, 0, 0, 0};
    std::unique_ptr<uint32_t[], Free> values(
        allocate<uint32_t>(packed.blocks * PackedView::kLanes * pairs));
    std::fill_n(values.get(), packed.blocks * PackedView::kLanes * pairs, 0);
    for (size_t row = 0; row < n; row++) {
        uint32_t* column = values.get() + row / PackedView::kLanes * PackedView::kLanes * pairs +
                           row % PackedView::kLanes;
        double squares = 0, lost = 0;
        for (size_t j = 0; j < dimension; j++) {
            const float exact = rows[row * dimension + j];
            const uint32_t half = toBf16(exact);
            column[j / 2 * PackedView::kLanes] |= half << (j % 2 * 16);
            const double value = static_cast<double>(exact);
            const double error = value - static_cast<double>(fromBf16(half));
            squares += value * value;
            lost += error * error;
        }
        // Also where a component is not a number, or its bf16 is infinite.
        if (!(squares < HalfView::kLongest * HalfView::kLongest && lost <= squares)) return;
        halves.norm = std::max(halves.norm, std::sqrt(squares));
        halves.residual = std::max(halves.residual, std::sqrt(lost));
        halves.offset =
            std::max(halves.offset, std::abs(static_cast<double>(packed.offsets[row])));
    }
    pairs_ = std::move(values);
    halves.values = pairs_.get();
    view_ = halves;
}

PackedMatrix PackedMatrix::withoutHalves(const float* rows, size_t n, size_t dimension) {
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

PackedMatrix PackedMatrix::forDistances(const float* rows, size_t n, size_t dimension) {
    PackedMatrix packed = withoutHalves(rows, n, dimension);
    packed.halves_ = HalfMatrix(rows, packed.view());
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
