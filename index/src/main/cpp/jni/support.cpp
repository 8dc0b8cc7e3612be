#include "support.h"

#include <faiss/impl/FaissException.h>

#include <atomic>
#include <limits>
#include <new>
#include <stdexcept>

#include "glue/errors.h"
#include "kernels/vectors.h"

namespace remap {

namespace {

void throwJava(JNIEnv* env, const char* type, std::string message) noexcept {
    if (env->ExceptionCheck()) return;
    // Java wants modified UTF-8; messages carry paths in whatever encoding.
    for (char& c : message) {
        if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
    jclass exception = env->FindClass(type);
    if (exception != nullptr) env->ThrowNew(exception, message.c_str());
}

constexpr char kFaissException[] = "dev/remap/index/jfaiss/FaissException";

}  // namespace

void rethrowInJava(JNIEnv* env) noexcept {
    try {
        throw;
    } catch (const JavaPending&) {
    } catch (const std::invalid_argument& e) {
        throwJava(env, "java/lang/IllegalArgumentException", e.what());
    } catch (const InvalidState& e) {
        throwJava(env, "java/lang/IllegalStateException", e.what());
    } catch (const std::bad_alloc&) {
        throwJava(env, "java/lang/OutOfMemoryError", "native memory for a Faiss index");
    } catch (const std::exception& e) {
        throwJava(env, kFaissException, e.what());
    } catch (...) {
        throwJava(env, kFaissException, "native code threw an object that is no exception");
    }
}

size_t lengthOf(JNIEnv* env, jarray array, const char* name) {
    if (array == nullptr) throw std::invalid_argument(std::string(name) + " is null");
    return static_cast<size_t>(env->GetArrayLength(array));
}

namespace {

void checkRange(JNIEnv* env, jarray array, const char* name, size_t from, size_t n) {
    size_t length = lengthOf(env, array, name);
    if (from > length || n > length - from) {
        throw std::invalid_argument(
            format("%s has %zu elements, %zu are needed", name, length, from + n));
    }
}

void checkPending(JNIEnv* env) {
    if (env->ExceptionCheck()) throw JavaPending();
}

}  // namespace

std::vector<float> floats(JNIEnv* env, jfloatArray array, const char* name, size_t from, size_t n) {
    checkRange(env, array, name, from, n);
    std::vector<float> copy(n);
    env->GetFloatArrayRegion(array, static_cast<jsize>(from), static_cast<jsize>(n), copy.data());
    checkPending(env);
    return copy;
}

std::vector<int64_t> longs(JNIEnv* env, jlongArray array, const char* name, size_t from, size_t n) {
    checkRange(env, array, name, from, n);
    static_assert(sizeof(jlong) == sizeof(int64_t));
    std::vector<int64_t> copy(n);
    env->GetLongArrayRegion(array, static_cast<jsize>(from), static_cast<jsize>(n),
                            reinterpret_cast<jlong*>(copy.data()));
    checkPending(env);
    return copy;
}

std::vector<int32_t> ints(JNIEnv* env, jintArray array, const char* name, size_t from, size_t n) {
    checkRange(env, array, name, from, n);
    static_assert(sizeof(jint) == sizeof(int32_t));
    std::vector<int32_t> copy(n);
    env->GetIntArrayRegion(array, static_cast<jsize>(from), static_cast<jsize>(n),
                           reinterpret_cast<jint*>(copy.data()));
    checkPending(env);
    return copy;
}

std::vector<uint8_t> bytes(JNIEnv* env, jbyteArray array, const char* name, size_t from, size_t n) {
    checkRange(env, array, name, from, n);
    std::vector<uint8_t> copy(n);
    env->GetByteArrayRegion(array, static_cast<jsize>(from), static_cast<jsize>(n),
                            reinterpret_cast<jbyte*>(copy.data()));
    checkPending(env);
    return copy;
}

void checkFinite(const std::vector<float>& x, size_t dimension, const char* what,
                 size_t firstRow) {
    size_t bad = firstUnusable(x.data(), x.size());
    if (bad == x.size()) return;
    throw std::invalid_argument(
        format("%s %zu has component %zu = %g: components must be finite and at most %g in size",
               what, firstRow + bad / dimension, bad % dimension, static_cast<double>(x[bad]),
               static_cast<double>(kLargestComponent)));
}

// Rows of whole vectors, at least n of them.
void checkRows(JNIEnv* env, jfloatArray array, const char* name, size_t n, size_t dimension) {
    size_t length = lengthOf(env, array, name);
    if (length % dimension != 0 || length / dimension < n) {
        throw std::invalid_argument(
            format("%s has %zu elements: expected at least %zu vectors of dimension %zu = %zu",
                   name, length, n, dimension, n * dimension));
    }
}

std::vector<float> rows(JNIEnv* env, jfloatArray array, const char* name, jint n,
                        size_t dimension) {
    checkRows(env, array, name, count(n, "n"), dimension);
    std::vector<float> x = floats(env, array, name, 0, count(n, "n") * dimension);
    checkFinite(x, dimension, "training vector");
    return x;
}

std::vector<float> whole(JNIEnv* env, jfloatArray array, const char* name, size_t dimension) {
    checkRows(env, array, name, 0, dimension);
    std::vector<float> x = floats(env, array, name, 0, lengthOf(env, array, name));
    checkFinite(x, dimension, (std::string("row of ") + name).c_str());
    return x;
}

std::string path(JNIEnv* env, jbyteArray bytes) {
    std::string text(lengthOf(env, bytes, "path"), '\0');
    env->GetByteArrayRegion(bytes, 0, static_cast<jsize>(text.size()),
                            reinterpret_cast<jbyte*>(text.data()));
    checkPending(env);
    if (text.empty()) throw std::invalid_argument("path is empty");
    if (text.find('\0') != std::string::npos) {
        throw std::invalid_argument("path has a zero byte: " + text.substr(0, text.find('\0')));
    }
    return text;
}

std::vector<std::string> paths(JNIEnv* env, jobjectArray all) {
    const size_t n = lengthOf(env, all, "paths");
    std::vector<std::string> texts;
    for (size_t i = 0; i < n; i++) {
        auto bytes =
            static_cast<jbyteArray>(env->GetObjectArrayElement(all, static_cast<jsize>(i)));
        checkPending(env);
        texts.push_back(path(env, bytes));
        env->DeleteLocalRef(bytes);
    }
    return texts;
}

jlong nextHandle() {
    static std::atomic<jlong> last{0};
    return ++last;
}

jlongArray newLongs(JNIEnv* env, const int64_t* values, size_t n) {
    jlongArray array = env->NewLongArray(static_cast<jsize>(n));
    if (array == nullptr) throw JavaPending();
    env->SetLongArrayRegion(array, 0, static_cast<jsize>(n),
                            reinterpret_cast<const jlong*>(values));
    return array;
}

jfloatArray newFloats(JNIEnv* env, const std::vector<float>& values) {
    const size_t n = values.size();
    if (n > static_cast<size_t>(std::numeric_limits<jsize>::max())) {
        throw std::invalid_argument(format("%zu numbers do not fit an array", n));
    }
    jfloatArray array = env->NewFloatArray(static_cast<jsize>(n));
    if (array == nullptr) throw JavaPending();
    env->SetFloatArrayRegion(array, 0, static_cast<jsize>(n), values.data());
    return array;
}

jstring newString(JNIEnv* env, const std::string& ascii) {
    jstring text = env->NewStringUTF(ascii.c_str());
    if (text == nullptr) throw JavaPending();
    return text;
}

size_t count(jint n, const char* name) {
    if (n < 0) throw std::invalid_argument(format("%s = %d is negative", name, n));
    return static_cast<size_t>(n);
}

}  // namespace remap
