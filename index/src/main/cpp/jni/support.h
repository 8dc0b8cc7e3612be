// What every JNI entry needs: arrays in, exceptions out.
#pragma once

#include <jni.h>

#include <cstdint>
#include <string>
#include <vector>

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
size_t lengthOf(JNIEnv* env, jarray array, const char* name);

// The bytes of a path.
std::string path(JNIEnv* env, jbyteArray bytes);

jlongArray newLongs(JNIEnv* env, const int64_t* values, size_t n);
jstring newString(JNIEnv* env, const std::string& ascii);

// n as a count; throws std::invalid_argument if negative.
size_t count(jint n, const char* name);

}  // namespace remap
