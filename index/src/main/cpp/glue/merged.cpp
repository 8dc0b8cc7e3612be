#include "merged.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstring>
#include <memory>
#include <numeric>

#include "errors.h"
#include "lists_file.h"
#include "outline.h"

namespace remap {

namespace {

constexpr size_t kBuffer = 1 << 20;

class Descriptor {
 public:
    explicit Descriptor(const std::string& path)
        : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (number_ < 0) throw FileError("can't open " + path + ": " + std::strerror(errno));
    }
    ~Descriptor() { ::close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }

 private:
    int number_;
};

// A shard that is read from its first list to its last.
class Source {
 public:
    Source(const std::string& path, const IvfPq& quantizer)
        : path_(path),
          codeSize_(quantizer.codeSize()),
          outline_(listsOutline(path)),
          file_(path) {
        requireHead(quantizer);
        const auto& sizes = outline_.sizes;
        if (std::accumulate(sizes.begin(), sizes.end(), uint64_t{0}) != outline_.entries) {
            throw FileError(path_ + " is damaged: it names a list twice");
        }
        at_ = outline_.data;
    }
    const std::string& path() const { return path_; }
    uint64_t entries() const { return outline_.entries; }
    uint64_t size(size_t list) const { return outline_.sizes[list]; }

    template <class Take>
    void codes(size_t list, std::vector<uint8_t>& buffer, Take&& take) const {
        const uint64_t end = at_ + size(list) * codeSize_;
        for (uint64_t from = at_; from < end; from += buffer.size()) {
            const size_t some = static_cast<size_t>(std::min<uint64_t>(buffer.size(), end - from));
            read(buffer.data(), some, from);
            take(buffer.data(), some);
        }
    }

    // The keys of a list; the next one comes after that.
    template <class Take>
    void keys(size_t list, std::vector<int64_t>& buffer, Take&& take) {
        at_ += size(list) * codeSize_;
        for (uint64_t left = size(list); left > 0;) {
            const size_t some = static_cast<size_t>(std::min<uint64_t>(buffer.size(), left));
            read(buffer.data(), some * sizeof(int64_t), at_);
            take(buffer.data(), some);
            at_ += some * sizeof(int64_t);
            left -= some;
        }
    }

 private:
    void read(void* data, size_t bytes, uint64_t from) const {
        auto* to = static_cast<uint8_t*>(data);
        while (bytes > 0) {
            const ssize_t got = ::pread(file_.number(), to, bytes, static_cast<off_t>(from));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) throw FileError("can't read " + path_ + ": " + std::strerror(errno));
            if (got == 0) throw FileError(path_ + " is cut short");
            to += got;
            from += static_cast<uint64_t>(got);
            bytes -= static_cast<size_t>(got);
        }
    }

    // All before the lists is what this quantizer writes there, to the byte.
    void requireHead(const IvfPq& quantizer) const {
        faiss::VectorIOWriter expected;
        quantizer.writeHeader(expected, outline_.entries);
        std::vector<uint8_t> head(outline_.head);
        read(head.data(), head.size(), 0);
        expected.data.resize(expected.data.size() - sizeof(uint32_t));
        if (head != expected.data) {
            throw std::invalid_argument(path_ + " was built with another quantizer than this one (" +
                                        quantizer.spec() +
                                        format(", model %016" PRIx64 ")",
                                               quantizer.modelFingerprint()));
        }
    }

    std::string path_;
    size_t codeSize_;
    ListsOutline outline_;
    Descriptor file_;
    uint64_t at_ = 0;
};

using Sources = std::vector<std::unique_ptr<Source>>;

void copyCodes(const Sources& sources, size_t list, std::vector<uint8_t>& buffer, NewFile& file) {
    for (const auto& source : sources) {
        source->codes(list, buffer,
                      [&](const uint8_t* codes, size_t bytes) { file.write(codes, bytes); });
    }
}

void copyKeys(const Sources& sources, size_t list, std::vector<int64_t>& buffer, NewFile& file) {
    int64_t last = -1;
    for (const auto& source : sources) {
        source->keys(list, buffer, [&](const int64_t* keys, size_t n) {
            for (size_t i = 0; i < n; i++) {
                if (keys[i] <= last) {
                    throw std::invalid_argument(
                        source->path() +
                        format(" has key %" PRId64 " after key %" PRId64
                               " in list %zu: give shards that share no keys, in their order",
                               keys[i], last, list));
                }
                last = keys[i];
            }
            file.write(keys, n * sizeof(int64_t));
        });
    }
}

}  // namespace

uint64_t writeMerged(const IvfPq& quantizer, const std::vector<std::string>& shards,
                     const std::string& path) {
    if (shards.empty()) throw std::invalid_argument("there are no shards to merge");
    Sources sources;
    std::vector<uint64_t> sizes(quantizer.lists());
    uint64_t entries = 0;
    for (const std::string& shard : shards) {
        sources.push_back(std::make_unique<Source>(shard, quantizer));
        for (size_t list = 0; list < sizes.size(); list++) {
            sizes[list] += sources.back()->size(list);
        }
        entries += sources.back()->entries();
    }
    NewFile file(path);
    beginLists(file, quantizer, sizes);
    std::vector<uint8_t> codes(kBuffer);
    std::vector<int64_t> keys(kBuffer / sizeof(int64_t));
    for (size_t list = 0; list < sizes.size(); list++) {
        copyCodes(sources, list, codes, file);
        copyKeys(sources, list, keys, file);
    }
    file.commit();
    return entries;
}

}  // namespace remap
