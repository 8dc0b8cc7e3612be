#pragma once

#include <faiss/impl/io.h>

#include <cstdio>
#include <string>

namespace remap {

// A new file that exists in the end only if commit() returned: whole, and on the disk.
// Throws FileError with the reason; refuses a path that exists.
class NewFile : public faiss::IOWriter {
 public:
    explicit NewFile(const std::string& path);
    ~NewFile() override;
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    size_t operator()(const void* data, size_t size, size_t n) override;

    void write(const void* data, size_t bytes);
    // Takes the last bytes back, so that what follows overwrites them.
    void rewind(size_t bytes);
    void commit();

 private:
    [[noreturn]] void fail(const char* what) const;

    std::string path_;
    FILE* file_;
    bool committed_ = false;
};

}  // namespace remap
