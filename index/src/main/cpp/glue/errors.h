// What the glue throws besides std::invalid_argument (the caller's fault).
#pragma once

#include <cstdarg>
#include <stdexcept>
#include <string>

namespace remap {

// An object that cannot do this now.
struct InvalidState : std::logic_error {
    using std::logic_error::logic_error;
};

// A file that cannot be read, written or used.
struct FileError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

__attribute__((format(printf, 1, 2))) inline std::string format(const char* pattern, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, pattern);
    vsnprintf(text, sizeof text, pattern, arguments);
    va_end(arguments);
    return text;
}

}  // namespace remap
