#include "outline.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "errors.h"
#include "limits.h"

namespace remap {

namespace {

// As faiss/impl/index_read.cpp reads it, version 1.7.3.
class Outline {
 public:
    // `found` may be null: sizes of many lists take room.
    Outline(const std::string& path, ListsOutline* found)
        : path_(path), found_(found), file_(open(path), std::fclose) {}

    void check() {
        const std::string kind = tag();
        if (kind != "IwPQ" && kind != "IxPT") {
            throw FileError(path_ + " can't be used: it holds an index of type '" +
                            printable(kind) +
                            "', accepted are 'IwPQ' (IVF-PQ) and 'IxPT' (OPQ before IVF-PQ)");
        }
        header();
        if (kind == "IxPT") {
            transform();
            if (tag() != "IwPQ") fail("it holds no IndexIVFPQ behind its transform");
            header();
        }
        ivfPq();
    }

 private:
    FILE* open(const std::string& path) {
        struct stat status;
        if (::stat(path.c_str(), &status) != 0) {
            throw FileError("can't open " + path + ": " + std::strerror(errno));
        }
        // A pipe would keep its reader waiting.
        if (!S_ISREG(status.st_mode)) throw FileError("can't open " + path + ": it is no file");
        left_ = bytes_ = static_cast<uint64_t>(status.st_size);
        FILE* file = std::fopen(path.c_str(), "rb");
        if (file == nullptr) throw FileError("can't open " + path + ": " + std::strerror(errno));
        return file;
    }

    [[noreturn]] void fail(const std::string& why) const {
        throw FileError(path_ + " can't be used: " + why +
                        ". Accepted: [OPQm_d,]IVFn[_HNSWm],PQm[xb]np with L2 and 4 to 8 bits");
    }

    void require(bool condition, const char* otherwise) const {
        if (!condition) fail(otherwise);
    }

    void read(void* data, size_t bytes) {
        if (bytes > left_ || std::fread(data, 1, bytes, file_.get()) != bytes) {
            throw FileError(path_ + " is cut short, or no Faiss file");
        }
        left_ -= bytes;
    }

    template <class T>
    T number() {
        T value;
        read(&value, sizeof value);
        return value;
    }

    std::string tag() {
        char text[4];
        read(text, sizeof text);
        return std::string(text, sizeof text);
    }

    static std::string printable(std::string text) {
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
        return text;
    }

    void flag() { require(number<uint8_t>() <= 1, "it has a flag that is neither 0 nor 1"); }

    uint64_t length(size_t width) {
        const auto size = number<uint64_t>();
        if (size > left_ / width) {
            throw FileError(path_ + format(" is damaged: it announces %" PRIu64
                                           " elements of %zu bytes where %" PRIu64
                                           " bytes are left",
                                           size, width, left_));
        }
        return size;
    }

    void skip(uint64_t bytes) {
        if (fseeko(file_.get(), static_cast<off_t>(bytes), SEEK_CUR) != 0) {
            throw FileError("can't read " + path_ + ": " + std::strerror(errno));
        }
        left_ -= bytes;
    }

    void array(size_t width) { skip(length(width) * width); }

    void header() {
        const auto dimension = number<int32_t>();
        require(dimension >= 1 && static_cast<size_t>(dimension) <= kLargestDimension,
                "its dimension is out of range");
        require(number<int64_t>() >= 0, "it has a negative number of entries");
        number<int64_t>();
        number<int64_t>();
        flag();
        if (number<int32_t>() > 1) number<float>();
    }

    void transform() {
        const char* otherwise = "its transform is not one linear map (OPQ)";
        require(number<int32_t>() == 1, otherwise);
        require(tag() == "LTra", otherwise);
        flag();
        array(sizeof(float));
        array(sizeof(float));
        number<int32_t>();
        number<int32_t>();
        flag();
    }

    void flat(const std::string& kind) {
        require(kind == "IxF2" || kind == "IxFI" || kind == "IxFl",
                "its coarse quantizer is neither flat nor HNSW over flat");
        header();
        array(sizeof(float));
    }

    void coarse() {
        const std::string kind = tag();
        if (kind != "IHNf") return flat(kind);
        header();
        for (size_t width : {sizeof(double), sizeof(int32_t), sizeof(int32_t), sizeof(uint64_t),
                             sizeof(int32_t)}) {
            array(width);
        }
        for (int i = 0; i < 5; i++) number<int32_t>();
        flat(tag());
    }

    void ivfPq() {
        const auto lists = number<uint64_t>();
        require(lists >= 1 && lists <= kMostLists, "its number of lists is out of range");
        number<uint64_t>();
        coarse();
        require(number<uint8_t>() == 0, "it has a direct map");
        array(sizeof(int64_t));
        flag();
        const auto codeSize = number<uint64_t>();
        require(codeSize >= 1 && codeSize <= kLargestDimension, "its code size is out of range");
        const auto dimension = number<uint64_t>();
        const auto subquantizers = number<uint64_t>();
        const auto bits = number<uint64_t>();
        require(dimension <= kLargestDimension && subquantizers >= 1 &&
                    dimension % subquantizers == 0 && bits <= 16,
                "its product quantizer does not fit its dimension");
        array(sizeof(float));
        invertedLists(lists, codeSize);
    }

    void invertedLists(uint64_t lists, uint64_t codeSize) {
        if (found_ != nullptr) {
            found_->head = bytes_ - left_;
            found_->sizes.assign(lists, 0);
        }
        const std::string kind = tag();
        if (kind == "il00") return;
        const char* otherwise = "it has no inverted lists of its own";
        require(kind == "ilar", otherwise);
        require(number<uint64_t>() == lists && number<uint64_t>() == codeSize, otherwise);
        const std::string form = tag();
        const auto numbers = length(sizeof(uint64_t));
        require(form == "full" ? numbers == lists
                               : form == "sprs" && numbers % 2 == 0 && numbers / 2 <= lists,
                otherwise);
        const bool sparse = form == "sprs";
        uint64_t entries = 0, list = 0;
        for (uint64_t i = 0; i < numbers; i++) {
            const auto value = number<uint64_t>();
            if (sparse && i % 2 == 0) {
                require(value < lists, "it has entries in a list beyond its number of lists");
                list = value;
                continue;
            }
            if (value > left_ || (entries += value) > left_) {
                fail("its lists have more entries than the file");
            }
            if (found_ != nullptr) found_->sizes[sparse ? list : i] = value;
        }
        require(entries <= left_ / (codeSize + sizeof(int64_t)),
                "its lists have more entries than the file");
        if (found_ != nullptr) {
            found_->data = bytes_ - left_;
            found_->entries = entries;
        }
    }

    const std::string& path_;
    ListsOutline* found_;
    uint64_t bytes_ = 0;
    uint64_t left_ = 0;
    std::unique_ptr<FILE, int (*)(FILE*)> file_;
};

}  // namespace

void checkOutline(const std::string& path) { Outline(path, nullptr).check(); }

ListsOutline listsOutline(const std::string& path) {
    ListsOutline found;
    Outline(path, &found).check();
    return found;
}

}  // namespace remap
