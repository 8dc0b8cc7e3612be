// The entries of dev.remap.index.jfaiss.Natives: convert, check, call. Registered by name and
// signature when the library is loaded, so a mismatch shows at once and nothing else is exported.
#include <jni.h>

#include <algorithm>
#include <cinttypes>
#include <limits>
#include <memory>

#include "glue/batch_search.h"
#include "glue/errors.h"
#include "glue/file.h"
#include "glue/ivf_pq.h"
#include "glue/limits.h"
#include "glue/merged.h"
#include "glue/search.h"
#include "glue/shard_builder.h"
#include "glue/train.h"
#include "kernels/vectors.h"
#include "support.h"
#include "training.h"

namespace remap {
namespace {

using SharedIndex = std::shared_ptr<const IvfPq>;

Handles<SharedIndex>& indexes() {
    static auto& all = *new Handles<SharedIndex>("index");
    return all;
}

Handles<ShardBuilder>& builders() {
    static auto& all = *new Handles<ShardBuilder>("shard builder");
    return all;
}

const SharedIndex& index(jlong handle) { return indexes().at(handle); }
ShardBuilder& builder(jlong handle) { return builders().at(handle); }

jlong handleOf(SharedIndex index) {
    return indexes().add(std::make_unique<SharedIndex>(std::move(index)));
}

jlong train(JNIEnv* env, jclass, jint dimension, jint opqDimension, jint lists, jint hnswLinks,
            jint subquantizers, jint bits, jfloatArray vectors, jint n, jint seed,
            jobject progress) {
    return guarded<jlong>(env, [&] {
        const TrainingPlan plan =
            planOf(dimension, opqDimension, lists, hnswLinks, subquantizers, bits, seed);
        check(plan, count(n, "n"));
        const Progress tell = progressOf(env, progress);
        return handleOf(remap::train(plan, rows(env, vectors, "vectors", n, plan.dimension).data(),
                                     count(n, "n"), tell));
    });
}

jlong assemble(JNIEnv* env, jclass, jint dimension, jint opqDimension, jint lists, jint hnswLinks,
               jint subquantizers, jint bits, jfloatArray rotation, jfloatArray centroids,
               jfloatArray codebook, jobject progress) {
    return guarded<jlong>(env, [&] {
        const TrainingPlan plan =
            planOf(dimension, opqDimension, lists, hnswLinks, subquantizers, bits, 0);
        check(plan);
        const size_t d = plan.opqDimension == 0 ? plan.dimension : plan.opqDimension;
        const Progress tell = progressOf(env, progress);
        const std::vector<float> matrix = whole(env, rotation, "rotation", plan.dimension);
        const std::vector<float> middles = whole(env, centroids, "centroids", d);
        return handleOf(remap::assemble(plan, matrix, middles,
                                        whole(env, codebook, "codebook", d / plan.subquantizers),
                                        tell));
    });
}

jlong open(JNIEnv* env, jclass, jbyteArray file, jint efSearch) {
    return guarded<jlong>(env, [&] {
        if (efSearch < 0 || efSearch > remap::kMostEfSearch) {
            throw std::invalid_argument(
                format("efSearch = %d is not in 0..%d", efSearch, remap::kMostEfSearch));
        }
        return handleOf(IvfPq::read(path(env, file), efSearch));
    });
}

void closeIndex(JNIEnv* env, jclass, jlong handle) {
    guarded<void>(env, [&] { indexes().remove(handle); });
}

void write(JNIEnv* env, jclass, jlong handle, jbyteArray file) {
    guarded<void>(env, [&] {
        NewFile out(path(env, file));
        index(handle)->writeAll(out);
        out.commit();
    });
}

jstring spec(JNIEnv* env, jclass, jlong handle) {
    return guarded<jstring>(env, [&] { return newString(env, index(handle)->spec()); });
}

jstring modelFingerprint(JNIEnv* env, jclass, jlong handle) {
    return guarded<jstring>(env, [&] {
        return newString(env, format("%016" PRIx64, index(handle)->modelFingerprint()));
    });
}

jfloatArray centroids(JNIEnv* env, jclass, jlong handle) {
    return guarded<jfloatArray>(env, [&] { return newFloats(env, index(handle)->centroidRows()); });
}

jfloatArray rotationOf(JNIEnv* env, jclass, jlong handle) {
    return guarded<jfloatArray>(env, [&] { return newFloats(env, index(handle)->rotation()); });
}

jfloatArray codebook(JNIEnv* env, jclass, jlong handle) {
    return guarded<jfloatArray>(env, [&] { return newFloats(env, index(handle)->codebookRows()); });
}

jint dimension(JNIEnv* env, jclass, jlong handle) {
    return guarded<jint>(env, [&] { return static_cast<jint>(index(handle)->dimension()); });
}

jlong size(JNIEnv* env, jclass, jlong handle) {
    return guarded<jlong>(env, [&] { return static_cast<jlong>(index(handle)->size()); });
}

jlongArray listSizes(JNIEnv* env, jclass, jlong handle) {
    return guarded<jlongArray>(env, [&] {
        const IvfPq& shard = *index(handle);
        std::vector<int64_t> sizes(shard.lists());
        for (size_t list = 0; list < sizes.size(); list++) {
            sizes[list] = static_cast<int64_t>(shard.listSize(list));
        }
        return newLongs(env, sizes.data(), sizes.size());
    });
}

jlongArray keys(JNIEnv* env, jclass, jlong handle, jint list) {
    return guarded<jlongArray>(env, [&] {
        const IvfPq& shard = *index(handle);
        if (list < 0 || static_cast<size_t>(list) >= shard.lists()) {
            throw std::invalid_argument(
                format("list = %d is not in 0..%zu", list, shard.lists() - 1));
        }
        return newLongs(env, shard.keys(static_cast<size_t>(list)),
                        shard.listSize(static_cast<size_t>(list)));
    });
}

void checkNumbers(const IvfPq& shard, jint k, jint nprobe) {
    if (k < 1) throw std::invalid_argument(format("k = %d must be at least 1", k));
    if (nprobe < 1 || static_cast<size_t>(nprobe) > shard.lists()) {
        throw std::invalid_argument(
            format("nprobe = %d is not in 1..%zu, the number of lists", nprobe, shard.lists()));
    }
}

size_t checkRoom(JNIEnv* env, jlongArray keys, jfloatArray distances, size_t queries, size_t k) {
    const size_t results = queries * k;
    if (lengthOf(env, keys, "keys") < results || lengthOf(env, distances, "distances") < results) {
        throw std::invalid_argument(format("results need room for %zu neighbours", results));
    }
    return results;
}

// One wanted key for each query, or none; returns how many.
size_t checkWanted(JNIEnv* env, jlongArray wanted, jfloatArray wantedDistances, size_t queries) {
    const size_t wantedCount = lengthOf(env, wanted, "wanted");
    if ((wantedCount != 0 && wantedCount != queries) ||
        lengthOf(env, wantedDistances, "wantedDistances") != wantedCount) {
        throw std::invalid_argument(
            format("%zu wanted keys for %zu queries: expected one each", wantedCount, queries));
    }
    return wantedCount;
}

void search(JNIEnv* env, jclass, jlong handle, jfloatArray queries, jint n, jint k, jint nprobe,
            jlongArray keys, jfloatArray distances, jlongArray wanted, jfloatArray wantedDistances) {
    guarded<void>(env, [&] {
        const IvfPq& shard = *index(handle);
        const size_t queryCount = count(n, "number of queries");
        checkNumbers(shard, k, nprobe);
        checkRows(env, queries, "queries", queryCount, shard.dimension());
        const size_t results = checkRoom(env, keys, distances, queryCount, static_cast<size_t>(k));
        const size_t wantedCount = checkWanted(env, wanted, wantedDistances, queryCount);
        std::vector<float> x = floats(env, queries, "queries", 0, queryCount * shard.dimension());
        checkFinite(x, shard.dimension(), "query");
        std::vector<int64_t> foundKeys(results);
        std::vector<float> foundDistances(results);
        std::vector<int64_t> wantedKeys = longs(env, wanted, "wanted", 0, wantedCount);
        std::vector<float> theirDistances(wantedCount);
        Wanted looked;
        if (wantedCount > 0) looked = {wantedKeys.data(), theirDistances.data()};
        remap::search(shard, x.data(), queryCount, static_cast<size_t>(k),
                      static_cast<size_t>(nprobe), foundKeys.data(), foundDistances.data(), looked);
        env->SetLongArrayRegion(keys, 0, static_cast<jsize>(results),
                                reinterpret_cast<const jlong*>(foundKeys.data()));
        env->SetFloatArrayRegion(distances, 0, static_cast<jsize>(results), foundDistances.data());
        env->SetFloatArrayRegion(wantedDistances, 0, static_cast<jsize>(wantedCount),
                                 theirDistances.data());
    });
}

// Rows `from` to `from + n` of the arrays, a block at a time.
void searchBatch(JNIEnv* env, jclass, jlong handle, jfloatArray queries, jint from, jint n, jint k,
                 jint nprobe, jlongArray keys, jfloatArray distances, jlongArray wanted,
                 jfloatArray wantedDistances) {
    guarded<void>(env, [&] {
        const IvfPq& shard = *index(handle);
        const size_t d = shard.dimension();
        const size_t first = count(from, "first query");
        const size_t end = first + count(n, "number of queries");
        checkNumbers(shard, k, nprobe);
        const size_t width = static_cast<size_t>(k), probes = static_cast<size_t>(nprobe);
        checkRows(env, queries, "queries", end, d);
        checkRoom(env, keys, distances, end, width);
        const size_t wantedCount =
            checkWanted(env, wanted, wantedDistances, std::max(end, lengthOf(env, wanted, "wanted")));
        const size_t most = batchQueries(shard, end - first, width, probes);
        // All before any: a call that throws has written nothing.
        for (size_t row = first; row < end; row += most) {
            const size_t rows = std::min(most, end - row);
            checkFinite(floats(env, queries, "queries", row * d, rows * d), d, "query", row);
        }
        for (size_t row = first; row < end; row += most) {
            const size_t rows = std::min(most, end - row);
            std::vector<float> x = floats(env, queries, "queries", row * d, rows * d);
            // Java may have changed them since.
            checkFinite(x, d, "query", row);
            std::vector<int64_t> foundKeys(rows * width);
            std::vector<float> foundDistances(rows * width);
            std::vector<int64_t> wantedKeys;
            std::vector<float> theirDistances(wantedCount > 0 ? rows : 0);
            Wanted looked;
            if (wantedCount > 0) {
                wantedKeys = longs(env, wanted, "wanted", row, rows);
                looked = {wantedKeys.data(), theirDistances.data()};
            }
            remap::searchBatch(shard, x.data(), rows, width, probes, foundKeys.data(),
                               foundDistances.data(), looked);
            const jsize at = static_cast<jsize>(row * width);
            const jsize size = static_cast<jsize>(rows * width);
            env->SetLongArrayRegion(keys, at, size,
                                    reinterpret_cast<const jlong*>(foundKeys.data()));
            env->SetFloatArrayRegion(distances, at, size, foundDistances.data());
            if (wantedCount == 0) continue;
            env->SetFloatArrayRegion(wantedDistances, static_cast<jsize>(row),
                                     static_cast<jsize>(rows), theirDistances.data());
        }
    });
}

// The first n rows of an array, each called `what` in messages.
std::vector<float> checkedVectors(JNIEnv* env, const IvfPq& index, jfloatArray array,
                                  const char* name, size_t n, const char* what) {
    checkRows(env, array, name, n, index.dimension());
    std::vector<float> x = floats(env, array, name, 0, n * index.dimension());
    checkFinite(x, index.dimension(), what);
    return x;
}

void encode(JNIEnv* env, jclass, jlong handle, jfloatArray vectors, jint n, jintArray lists,
            jbyteArray codes) {
    guarded<void>(env, [&] {
        const IvfPq& quantizer = *index(handle);
        const size_t size = count(n, "n");
        const size_t bytes = size * quantizer.codeSize();
        if (lengthOf(env, lists, "lists") < size || lengthOf(env, codes, "codes") < bytes) {
            throw std::invalid_argument(
                format("%zu vectors need room for %zu lists and %zu bytes", size, size, bytes));
        }
        const std::vector<float> x = checkedVectors(env, quantizer, vectors, "vectors", size, "vector");
        std::vector<int32_t> nearest(size);
        std::vector<uint8_t> encoded(bytes);
        quantizer.encodeRows(x.data(), size, nearest.data(), encoded.data());
        env->SetIntArrayRegion(lists, 0, static_cast<jsize>(size),
                               reinterpret_cast<const jint*>(nearest.data()));
        env->SetByteArrayRegion(codes, 0, static_cast<jsize>(bytes),
                                reinterpret_cast<const jbyte*>(encoded.data()));
    });
}

void probe(JNIEnv* env, jclass, jlong handle, jfloatArray queries, jint n, jint nprobe,
           jintArray lists) {
    guarded<void>(env, [&] {
        const IvfPq& quantizer = *index(handle);
        const size_t size = count(n, "number of queries");
        checkNumbers(quantizer, 1, nprobe);
        const size_t probes = static_cast<size_t>(nprobe);
        if (lengthOf(env, lists, "lists") / probes < size) {
            throw std::invalid_argument(
                format("%zu queries need room for %zu lists each", size, probes));
        }
        const std::vector<float> x = checkedVectors(env, quantizer, queries, "queries", size, "query");
        // Without a graph each has a score for every list.
        const size_t most = 16;
        for (size_t row = 0; row < size; row += most) {
            const size_t rows = std::min(most, size - row);
            const std::vector<float> y =
                quantizer.transform(x.data() + row * quantizer.dimension(), rows);
            const std::vector<int32_t> found = quantizer.probe(y.data(), rows, probes);
            env->SetIntArrayRegion(lists, static_cast<jsize>(row * probes),
                                   static_cast<jsize>(found.size()),
                                   reinterpret_cast<const jint*>(found.data()));
        }
    });
}

jlong newBuilder(JNIEnv* env, jclass, jlong quantizer, jlong previous, jlongArray dropped) {
    return guarded<jlong>(env, [&] {
        SharedIndex before = previous == 0 ? nullptr : index(previous);
        size_t n = lengthOf(env, dropped, "dropped");
        return builders().add(std::make_unique<ShardBuilder>(
            index(quantizer), std::move(before), longs(env, dropped, "dropped", 0, n)));
    });
}

void closeBuilder(JNIEnv* env, jclass, jlong handle) {
    guarded<void>(env, [&] { builders().remove(handle); });
}

void add(JNIEnv* env, jclass, jlong handle, jlongArray keys, jfloatArray vectors, jint n) {
    guarded<void>(env, [&] {
        ShardBuilder& to = builder(handle);
        const size_t vectorCount = count(n, "n");
        checkRows(env, vectors, "vectors", vectorCount, to.dimension());
        const std::vector<int64_t> k = longs(env, keys, "keys", 0, vectorCount);
        to.add(k.data(), vectorCount, [&](size_t from, size_t rows) {
            return floats(env, vectors, "vectors", from * to.dimension(), rows * to.dimension());
        });
    });
}

void addCodes(JNIEnv* env, jclass, jlong handle, jlongArray keys, jintArray lists, jbyteArray codes,
              jint n) {
    guarded<void>(env, [&] {
        ShardBuilder& to = builder(handle);
        const size_t entries = count(n, "n");
        const std::vector<int64_t> k = longs(env, keys, "keys", 0, entries);
        const std::vector<int32_t> l = ints(env, lists, "lists", 0, entries);
        const std::vector<uint8_t> c = bytes(env, codes, "codes", 0, entries * to.codeSize());
        to.addCodes(k.data(), l.data(), c.data(), entries);
    });
}

jlong builderSize(JNIEnv* env, jclass, jlong handle) {
    return guarded<jlong>(env, [&] { return static_cast<jlong>(builder(handle).size()); });
}

void writeShard(JNIEnv* env, jclass, jlong handle, jbyteArray file) {
    guarded<void>(env, [&] { builder(handle).write(path(env, file)); });
}

jlong merge(JNIEnv* env, jclass, jlong quantizer, jobjectArray shards, jbyteArray file) {
    return guarded<jlong>(env, [&] {
        return static_cast<jlong>(
            writeMerged(*index(quantizer), paths(env, shards), path(env, file)));
    });
}

jstring instructionSet(JNIEnv* env, jclass) {
    return guarded<jstring>(env, [&] { return newString(env, kernels().name); });
}

#define ENTRY(function, signature) \
    {const_cast<char*>(#function), const_cast<char*>(signature), reinterpret_cast<void*>(function)}

const JNINativeMethod kEntries[] = {
    ENTRY(train, "(IIIIII[FIILjava/util/function/Consumer;)J"),
    ENTRY(assemble, "(IIIIII[F[F[FLjava/util/function/Consumer;)J"),
    ENTRY(residuals, "(IIIIII[F[FIILjava/util/function/Consumer;)[F"),
    ENTRY(rotation, "(IIII[FIILjava/util/function/Consumer;)[F"),
    ENTRY(rotate, "([FI[FI)[F"),
    ENTRY(cluster, "([FIIIII[FDLjava/util/function/Consumer;)[F"),
    ENTRY(nearest, "([FI[FI[I[F)V"),
    ENTRY(open, "([BI)J"),
    ENTRY(closeIndex, "(J)V"),
    ENTRY(write, "(J[B)V"),
    ENTRY(spec, "(J)Ljava/lang/String;"),
    ENTRY(modelFingerprint, "(J)Ljava/lang/String;"),
    ENTRY(centroids, "(J)[F"),
    ENTRY(rotationOf, "(J)[F"),
    ENTRY(codebook, "(J)[F"),
    ENTRY(dimension, "(J)I"),
    ENTRY(size, "(J)J"),
    ENTRY(listSizes, "(J)[J"),
    ENTRY(keys, "(JI)[J"),
    ENTRY(search, "(J[FIII[J[F[J[F)V"),
    ENTRY(searchBatch, "(J[FIIII[J[F[J[F)V"),
    ENTRY(newBuilder, "(JJ[J)J"),
    ENTRY(closeBuilder, "(J)V"),
    ENTRY(add, "(J[J[FI)V"),
    ENTRY(encode, "(J[FI[I[B)V"),
    ENTRY(probe, "(J[FII[I)V"),
    ENTRY(addCodes, "(J[J[I[BI)V"),
    ENTRY(builderSize, "(J)J"),
    ENTRY(writeShard, "(J[B)V"),
    ENTRY(merge, "(J[[B[B)J"),
    ENTRY(instructionSet, "()Ljava/lang/String;"),
};

}  // namespace
}  // namespace remap

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
    JNIEnv* env;
    if (vm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_10) != JNI_OK) return JNI_ERR;
    jclass natives = env->FindClass("dev/remap/index/jfaiss/Natives");
    if (natives == nullptr) return JNI_ERR;
    const jint n = sizeof remap::kEntries / sizeof remap::kEntries[0];
    return env->RegisterNatives(natives, remap::kEntries, n) == JNI_OK ? JNI_VERSION_10 : JNI_ERR;
}
