#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace remap {

// Where a Faiss file has its inverted lists: their head, which says how long they are, and their data,
// one after the other the codes and then the keys of each.
struct ListsOutline {
    uint64_t head = 0;
    uint64_t data = 0;
    uint64_t entries = 0;
    std::vector<uint64_t> sizes;
};

// Walks a Faiss file of an accepted kind without building anything, and throws FileError where a
// number in it is one that Faiss would trust and must not: a size that the file does not have, a
// divisor of zero, a kind of index inside that is never accepted. What the numbers mean together is
// checked when the index is there.
void checkOutline(const std::string& path);

// The same walk; what is found on the way.
ListsOutline listsOutline(const std::string& path);

}  // namespace remap
