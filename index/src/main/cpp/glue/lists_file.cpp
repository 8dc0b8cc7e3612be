#include "lists_file.h"

#include <cstring>
#include <numeric>

namespace remap {

namespace {

uint32_t fourcc(const char (&text)[5]) {
    uint32_t code;
    std::memcpy(&code, text, sizeof code);
    return code;
}

// Sizes of all lists, or (list, size) of the non-empty ones where these are at most half: Faiss's
// own rule.
void writeSizes(NewFile& file, const std::vector<uint64_t>& sizes) {
    std::vector<uint64_t> sparse;
    for (size_t list = 0; list < sizes.size(); list++) {
        if (sizes[list] > 0) sparse.insert(sparse.end(), {list, sizes[list]});
    }
    bool full = sparse.size() / 2 > sizes.size() / 2;
    const std::vector<uint64_t>& written = full ? sizes : sparse;
    uint32_t type = full ? fourcc("full") : fourcc("sprs");
    uint64_t count = written.size();
    file.write(&type, sizeof type);
    file.write(&count, sizeof count);
    file.write(written.data(), count * sizeof(uint64_t));
}

}  // namespace

void beginLists(NewFile& file, const IvfPq& quantizer, const std::vector<uint64_t>& sizes) {
    quantizer.writeHeader(file, std::accumulate(sizes.begin(), sizes.end(), uint64_t{0}));
    // Faiss ended with "il00", for no lists.
    file.rewind(sizeof(uint32_t));
    const uint32_t kind = fourcc("ilar");
    const uint64_t lists = quantizer.lists();
    const uint64_t codeSize = quantizer.codeSize();
    file.write(&kind, sizeof kind);
    file.write(&lists, sizeof lists);
    file.write(&codeSize, sizeof codeSize);
    writeSizes(file, sizes);
}

}  // namespace remap
