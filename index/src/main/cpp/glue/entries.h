#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace remap {

// Keys and codes in ascending order of keys, chained list by list: key + code + 4 bytes an entry,
// in chunks, so that growing never copies.
class Entries {
 public:
    static constexpr uint32_t kNone = UINT32_MAX;

    Entries(size_t lists, size_t codeSize);

    // The caller sees to ascending keys.
    void append(int64_t key, const uint8_t* code, size_t list);

    size_t size() const { return size_; }
    int64_t lastKey() const { return size_ == 0 ? -1 : key(static_cast<uint32_t>(size_ - 1)); }
    bool contains(int64_t key) const;

    // The chain of a list, ascending by key, ends with kNone.
    uint32_t first(size_t list) const { return ends_[list].first; }
    uint32_t next(uint32_t entry) const { return chunk(entry).next[entry % kChunk]; }
    int64_t key(uint32_t entry) const { return chunk(entry).keys[entry % kChunk]; }
    const uint8_t* code(uint32_t entry) const {
        return chunk(entry).codes.get() + entry % kChunk * codeSize_;
    }
    size_t listSize(size_t list) const { return ends_[list].size; }

 private:
    static constexpr uint32_t kChunk = 1 << 14;

    struct Chunk {
        std::unique_ptr<int64_t[]> keys;
        std::unique_ptr<uint32_t[]> next;
        std::unique_ptr<uint8_t[]> codes;
    };
    struct Ends {
        uint32_t first = kNone;
        uint32_t last = kNone;
        uint32_t size = 0;
    };

    const Chunk& chunk(uint32_t entry) const { return chunks_[entry / kChunk]; }

    size_t codeSize_;
    size_t size_ = 0;
    std::vector<Ends> ends_;
    std::vector<Chunk> chunks_;
};

}  // namespace remap
