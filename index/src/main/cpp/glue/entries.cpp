#include "entries.h"

#include <cstring>

#include "errors.h"

namespace remap {

Entries::Entries(size_t lists, size_t codeSize) : codeSize_(codeSize), ends_(lists) {}

void Entries::append(int64_t key, const uint8_t* code, size_t list) {
    if (size_ == kNone)
        throw InvalidState("a shard holds at most 2^32 - 1 entries: use more shards");
    uint32_t entry = static_cast<uint32_t>(size_);
    uint32_t offset = entry % kChunk;
    if (offset == 0) {
        // Left uninitialised: a small shard touches little of its chunk.
        chunks_.push_back({std::unique_ptr<int64_t[]>(new int64_t[kChunk]),
                           std::unique_ptr<uint32_t[]>(new uint32_t[kChunk]),
                           std::unique_ptr<uint8_t[]>(new uint8_t[kChunk * codeSize_])});
    }
    Chunk& last = chunks_.back();
    last.keys[offset] = key;
    last.next[offset] = kNone;
    std::memcpy(last.codes.get() + offset * codeSize_, code, codeSize_);

    Ends& ends = ends_[list];
    if (ends.last == kNone) {
        ends.first = entry;
    } else {
        chunks_[ends.last / kChunk].next[ends.last % kChunk] = entry;
    }
    ends.last = entry;
    ends.size++;
    size_++;
}

bool Entries::contains(int64_t key) const {
    size_t from = 0;
    size_t to = size_;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int64_t found = this->key(static_cast<uint32_t>(middle));
        if (found == key) return true;
        if (found < key) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return false;
}

}  // namespace remap
