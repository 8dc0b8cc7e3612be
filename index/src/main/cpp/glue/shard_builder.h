#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "entries.h"
#include "ivf_pq.h"

namespace remap {

class ListWriter;

// Encodes vectors and writes them as one Faiss IVF-PQ file whose bytes depend only on the quantizer
// and the set of entries: lists in order, keys ascending inside each. Optionally takes the entries
// of a previous shard over, as they are, except for dropped ones.
class ShardBuilder {
 public:
    // `previous` may be null. Throws std::invalid_argument if another quantizer built it.
    ShardBuilder(std::shared_ptr<const IvfPq> quantizer, std::shared_ptr<const IvfPq> previous,
                 std::vector<int64_t> dropped);

    size_t dimension() const { return quantizer_->dimension(); }

    // n vectors from number `from` on. Called twice for each: to check all, then to encode them.
    using Vectors = std::function<std::vector<float>(size_t from, size_t n)>;

    // n vectors whose keys ascend, over all calls; read some at a time. All or nothing; throws
    // std::invalid_argument for keys out of order or components that are not usable.
    void add(const int64_t* keys, size_t n, const Vectors& x);

    // The same for n vectors that were encoded before: their lists and codes, one after the other.
    void addCodes(const int64_t* keys, const int32_t* lists, const uint8_t* codes, size_t n);

    size_t codeSize() const { return quantizer_->codeSize(); }

    // Entries that write() will write.
    size_t size() const { return added_.size() + kept_; }

    void write(const std::string& path) const;

 private:
    void checkWhole() const;
    void checkKeys(const int64_t* keys, size_t n) const;
    void checkVectors(const int64_t* keys, const std::vector<float>& x, size_t from) const;
    void append(const int64_t* keys, const int32_t* lists, const uint8_t* codes, size_t n);
    bool keeps(int64_t key) const;
    size_t keptIn(size_t list) const;
    void checkNoKeyTwice() const;
    void writeList(size_t list, ListWriter& writer) const;

    std::shared_ptr<const IvfPq> quantizer_;
    std::shared_ptr<const IvfPq> previous_;
    std::vector<int64_t> dropped_;
    size_t kept_ = 0;
    Entries added_;
    bool broken_ = false;
};

}  // namespace remap
