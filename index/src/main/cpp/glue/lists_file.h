#pragma once

#include <cstdint>
#include <vector>

#include "file.h"
#include "ivf_pq.h"

namespace remap {

// Begins a Faiss file with lists of these sizes; what follows are the codes and then the keys of each.
void beginLists(NewFile& file, const IvfPq& quantizer, const std::vector<uint64_t>& sizes);

}  // namespace remap
