#include "file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "errors.h"

namespace remap {

NewFile::NewFile(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wbx")) {
    name = path;
    if (file_ == nullptr) fail("create");
    std::setvbuf(file_, nullptr, _IOFBF, 1 << 20);
}

NewFile::~NewFile() {
    if (file_ != nullptr) std::fclose(file_);
    if (!committed_) ::unlink(path_.c_str());
}

void NewFile::fail(const char* what) const {
    throw FileError(std::string("can't ") + what + " " + path_ + ": " + std::strerror(errno));
}

size_t NewFile::operator()(const void* data, size_t size, size_t n) {
    write(data, size * n);
    return n;
}

void NewFile::write(const void* data, size_t bytes) {
    if (bytes > 0 && std::fwrite(data, 1, bytes, file_) != bytes) fail("write");
}

void NewFile::rewind(size_t bytes) {
    if (fseeko(file_, -static_cast<off_t>(bytes), SEEK_CUR) != 0) fail("seek in");
}

void NewFile::commit() {
    if (std::fflush(file_) != 0) fail("write");
    if (::fsync(::fileno(file_)) != 0) fail("sync");
    FILE* closing = file_;
    file_ = nullptr;
    if (std::fclose(closing) != 0) fail("close");
    committed_ = true;
}

}  // namespace remap
