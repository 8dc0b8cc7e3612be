#include "shard_builder.h"

#include <algorithm>
#include <cinttypes>

#include "errors.h"
#include "file.h"
#include "lists_file.h"
#include "kernels/vectors.h"

namespace remap {

namespace {

constexpr size_t kVectorsAtOnce = 256;

}  // namespace

ShardBuilder::ShardBuilder(std::shared_ptr<const IvfPq> quantizer,
                           std::shared_ptr<const IvfPq> previous, std::vector<int64_t> dropped)
    : quantizer_(std::move(quantizer)),
      previous_(std::move(previous)),
      dropped_(std::move(dropped)),
      added_(quantizer_->lists(), quantizer_->codeSize()) {
    if (previous_ == nullptr) return;
    if (previous_->modelFingerprint() != quantizer_->modelFingerprint()) {
        throw std::invalid_argument(
            format("the previous shard (%s, model %016" PRIx64
                   ") was built with another quantizer than this one (%s, model %016" PRIx64
                   "): build the shard from its vectors instead",
                   previous_->spec().c_str(), previous_->modelFingerprint(),
                   quantizer_->spec().c_str(), quantizer_->modelFingerprint()));
    }
    std::sort(dropped_.begin(), dropped_.end());
    for (size_t list = 0; list < previous_->lists(); list++) kept_ += keptIn(list);
}

bool ShardBuilder::keeps(int64_t key) const {
    return !std::binary_search(dropped_.begin(), dropped_.end(), key);
}

size_t ShardBuilder::keptIn(size_t list) const {
    if (previous_ == nullptr) return 0;
    const int64_t* keys = previous_->keys(list);
    return static_cast<size_t>(std::count_if(keys, keys + previous_->listSize(list),
                                             [this](int64_t key) { return keeps(key); }));
}

void ShardBuilder::checkWhole() const {
    if (broken_) {
        throw InvalidState("an earlier call ended half-way: build the shard anew");
    }
}

void ShardBuilder::checkKeys(const int64_t* keys, size_t n) const {
    int64_t last = added_.lastKey();
    for (size_t i = 0; i < n; i++) {
        if (keys[i] < 0) {
            throw std::invalid_argument(
                format("key %" PRId64 " of vector %zu is negative", keys[i], i));
        }
        if (keys[i] <= last) {
            throw std::invalid_argument(format("keys must ascend: vector %zu has key %" PRId64
                                               " after key %" PRId64,
                                               i, keys[i], last));
        }
        last = keys[i];
    }
}

void ShardBuilder::checkVectors(const int64_t* keys, const std::vector<float>& x,
                                size_t from) const {
    const size_t d = dimension();
    size_t bad = firstUnusable(x.data(), x.size());
    if (bad < x.size()) {
        throw std::invalid_argument(
            format("vector %zu (key %" PRId64
                   ") has component %zu = %g: components must be finite and at most %g in size",
                   from + bad / d, keys[from + bad / d], bad % d, static_cast<double>(x[bad]),
                   static_cast<double>(kLargestComponent)));
    }
}

void ShardBuilder::append(const int64_t* keys, const int32_t* lists, const uint8_t* codes,
                          size_t n) {
    for (size_t i = 0; i < n; i++) {
        added_.append(keys[i], codes + i * codeSize(), static_cast<size_t>(lists[i]));
    }
}

void ShardBuilder::add(const int64_t* keys, size_t n, const Vectors& x) {
    checkWhole();
    checkKeys(keys, n);
    for (size_t from = 0; from < n; from += kVectorsAtOnce) {
        checkVectors(keys, x(from, std::min(kVectorsAtOnce, n - from)), from);
    }
    std::vector<int32_t> lists(kVectorsAtOnce);
    std::vector<uint8_t> codes(kVectorsAtOnce * codeSize());
    broken_ = true;
    for (size_t from = 0; from < n; from += kVectorsAtOnce) {
        const size_t count = std::min(kVectorsAtOnce, n - from);
        const std::vector<float> some = x(from, count);
        // They may have changed since.
        checkVectors(keys, some, from);
        quantizer_->encodeRows(some.data(), count, lists.data(), codes.data());
        append(keys + from, lists.data(), codes.data(), count);
    }
    broken_ = false;
}

void ShardBuilder::addCodes(const int64_t* keys, const int32_t* lists, const uint8_t* codes,
                            size_t n) {
    checkWhole();
    checkKeys(keys, n);
    for (size_t i = 0; i < n; i++) {
        if (lists[i] < 0 || static_cast<size_t>(lists[i]) >= quantizer_->lists()) {
            throw std::invalid_argument(format("the list of key %" PRId64 ", %d, is not in 0..%zu",
                                               keys[i], lists[i], quantizer_->lists() - 1));
        }
    }
    broken_ = true;
    append(keys, lists, codes, n);
    broken_ = false;
}

void ShardBuilder::checkNoKeyTwice() const {
    if (previous_ == nullptr || added_.size() == 0) return;
    for (size_t list = 0; list < previous_->lists(); list++) {
        const int64_t* keys = previous_->keys(list);
        for (size_t i = 0; i < previous_->listSize(list); i++) {
            if (keeps(keys[i]) && added_.contains(keys[i])) {
                throw std::invalid_argument(format("key %" PRId64
                                                   " was added, and the previous shard has it too: "
                                                   "drop it there",
                                                   keys[i]));
            }
        }
    }
}

// One list as the file holds it: all codes, then all keys.
class ListWriter {
 public:
    ListWriter(NewFile& file, size_t codeSize) : file_(file), codeSize_(codeSize) {}

    void take(int64_t key, const uint8_t* code) {
        keys_.push_back(key);
        codes_.insert(codes_.end(), code, code + codeSize_);
    }

    void flush() {
        file_.write(codes_.data(), codes_.size());
        file_.write(keys_.data(), keys_.size() * sizeof(int64_t));
        keys_.clear();
        codes_.clear();
    }

 private:
    NewFile& file_;
    size_t codeSize_;
    std::vector<int64_t> keys_;
    std::vector<uint8_t> codes_;
};

void ShardBuilder::writeList(size_t list, ListWriter& writer) const {
    const size_t oldSize = previous_ == nullptr ? 0 : previous_->listSize(list);
    const int64_t* oldKeys = previous_ == nullptr ? nullptr : previous_->keys(list);
    size_t old = 0;
    uint32_t entry = added_.first(list);
    while (old < oldSize || entry != Entries::kNone) {
        bool takesOld =
            entry == Entries::kNone || (old < oldSize && oldKeys[old] < added_.key(entry));
        if (!takesOld) {
            writer.take(added_.key(entry), added_.code(entry));
            entry = added_.next(entry);
        } else {
            if (keeps(oldKeys[old])) {
                writer.take(oldKeys[old], previous_->codes(list) + old * previous_->codeSize());
            }
            old++;
        }
    }
    writer.flush();
}

void ShardBuilder::write(const std::string& path) const {
    checkWhole();
    checkNoKeyTwice();
    NewFile file(path);
    std::vector<uint64_t> sizes(quantizer_->lists());
    for (size_t list = 0; list < sizes.size(); list++) {
        sizes[list] = keptIn(list) + added_.listSize(list);
    }
    beginLists(file, *quantizer_, sizes);
    ListWriter writer(file, quantizer_->codeSize());
    for (size_t list = 0; list < sizes.size(); list++) writeList(list, writer);
    file.commit();
}

}  // namespace remap
