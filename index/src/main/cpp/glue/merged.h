#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ivf_pq.h"

namespace remap {

// Writes the entries of several shards of one quantizer as one file, list by list: the bytes of the
// shard that would have been built from all their vectors. Takes 8 bytes for each list of each shard
// and some buffers, however many entries there are. Returns how many that is. Throws
// std::invalid_argument for no shards, shards of another quantizer, and keys that do not ascend from
// one shard to the next.
uint64_t writeMerged(const IvfPq& quantizer, const std::vector<std::string>& shards,
                     const std::string& path);

}  // namespace remap
