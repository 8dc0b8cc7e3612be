// The numbers that an index may have: those of dev.remap.index.quantizer.IndexSpec.
#pragma once

#include <cstddef>

namespace remap {

constexpr size_t kLargestDimension = 1 << 16;
constexpr size_t kMostLists = 1 << 24;
constexpr size_t kFewestLinks = 4;
constexpr size_t kMostLinks = 128;
constexpr int kMostEfSearch = 1 << 16;
constexpr size_t kFewestBits = 4;
constexpr size_t kMostBits = 8;

}  // namespace remap
