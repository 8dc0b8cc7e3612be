#pragma once

#include <string>

namespace remap {

// Walks a Faiss file of an accepted kind without building anything, and throws FileError where a
// number in it is one that Faiss would trust and must not: a size that the file does not have, a
// divisor of zero, a kind of index inside that is never accepted. What the numbers mean together is
// checked when the index is there.
void checkOutline(const std::string& path);

}  // namespace remap
