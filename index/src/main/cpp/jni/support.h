// What every JNI entry needs: arrays in, exceptions out.
#pragma once

#include <jni.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "glue/errors.h"
#include "glue/threads.h"

namespace remap {

// A Java exception is on its way already.
struct JavaPending {};

// Turns the C++ exception being handled into a Java one. Call in a catch block.
void rethrowInJava(JNIEnv* env) noexcept;

// Runs the body with one thread in Faiss; no C++ exception leaves it.
template <class Result, class Body>
Result guarded(JNIEnv* env, Body&& body) noexcept {
    try {
        SingleThreaded threads;
        return body();
    } catch (...) {
        rethrowInJava(env);
        return Result();
    }
}

// Copies of n elements from `from` on; throws std::invalid_argument for null or short arrays.
std::vector<float> floats(JNIEnv* env, jfloatArray array, const char* name, size_t from, size_t n);
std::vector<int64_t> longs(JNIEnv* env, jlongArray array, const char* name, size_t from, size_t n);
std::vector<int32_t> ints(JNIEnv* env, jintArray array, const char* name, size_t from, size_t n);
std::vector<uint8_t> bytes(JNIEnv* env, jbyteArray array, const char* name, size_t from, size_t n);
size_t lengthOf(JNIEnv* env, jarray array, const char* name);

// Throws std::invalid_argument, naming the row, where a component is NaN, infinite or too large.
void checkFinite(const std::vector<float>& x, size_t dimension, const char* what,
                 size_t firstRow = 0);

// Rows of whole vectors, at least n of them.
void checkRows(JNIEnv* env, jfloatArray array, const char* name, size_t n, size_t dimension);

// A checked copy of the first n training vectors, or of all rows.
std::vector<float> rows(JNIEnv* env, jfloatArray array, const char* name, jint n, size_t dimension);
std::vector<float> whole(JNIEnv* env, jfloatArray array, const char* name, size_t dimension);

// The bytes of a path.
std::string path(JNIEnv* env, jbyteArray bytes);
std::vector<std::string> paths(JNIEnv* env, jobjectArray all);

jlongArray newLongs(JNIEnv* env, const int64_t* values, size_t n);
jfloatArray newFloats(JNIEnv* env, const std::vector<float>& values);
jstring newString(JNIEnv* env, const std::string& ascii);

// A number that was never given before.
jlong nextHandle();

// Objects that Java holds by number. A number that is none, or no longer, or another kind's, is
// refused and never followed.
template <class T>
class Handles {
 public:
    explicit Handles(const char* name) : name_(name) {}

    jlong add(std::unique_ptr<T> object) {
        std::lock_guard<std::mutex> lock(mutex_);
        jlong handle = nextHandle();
        objects_.emplace(handle, std::move(object));
        return handle;
    }

    // Valid until remove(): Java sees to it that the two do not meet.
    T& at(jlong handle) {
        std::lock_guard<std::mutex> lock(mutex_);
        return *find(handle)->second;
    }

    void remove(jlong handle) {
        std::unique_ptr<T> removed;
        std::lock_guard<std::mutex> lock(mutex_);
        auto found = find(handle);
        removed = std::move(found->second);
        objects_.erase(found);
    }

 private:
    using Objects = std::unordered_map<jlong, std::unique_ptr<T>>;

    typename Objects::iterator find(jlong handle) {
        auto found = objects_.find(handle);
        if (found == objects_.end()) {
            throw InvalidState(format("%s %lld is closed, or was never there", name_,
                                      static_cast<long long>(handle)));
        }
        return found;
    }

    const char* name_;
    std::mutex mutex_;
    Objects objects_;
};

// n as a count; throws std::invalid_argument if negative.
size_t count(jint n, const char* name);

}  // namespace remap
