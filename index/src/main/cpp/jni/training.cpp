#include "training.h"

#include <algorithm>

#include "glue/clustering.h"
#include "glue/limits.h"
#include "support.h"

namespace remap {

namespace {

constexpr size_t kMostIterations = 1000;
// Of centroids, which are in memory three times: 16 MiB.
constexpr size_t kNumbersAtOnce = size_t{1} << 22;

size_t between(jint value, size_t from, size_t to, const char* name) {
    if (value < 0 || static_cast<size_t>(value) < from || static_cast<size_t>(value) > to) {
        throw std::invalid_argument(format("%s must be in %zu..%zu, is %d", name, from, to, value));
    }
    return static_cast<size_t>(value);
}

}  // namespace

TrainingPlan planOf(jint dimension, jint opqDimension, jint lists, jint hnswLinks,
                    jint subquantizers, jint bits, jint seed) {
    return {count(dimension, "dimension"), count(opqDimension, "OPQ dimension"),
            count(lists, "lists"),         count(hnswLinks, "HNSW links"),
            count(subquantizers, "m"),     count(bits, "bits"),
            seed};
}

Progress progressOf(JNIEnv* env, jobject consumer) {
    if (consumer == nullptr) throw std::invalid_argument("progress is null");
    jmethodID accept =
        env->GetMethodID(env->GetObjectClass(consumer), "accept", "(Ljava/lang/Object;)V");
    if (accept == nullptr) throw JavaPending();
    return [=](const std::string& line) {
        jstring text = newString(env, line);
        env->CallVoidMethod(consumer, accept, text);
        env->DeleteLocalRef(text);
        if (env->ExceptionCheck()) throw JavaPending();
    };
}

jfloatArray rotation(JNIEnv* env, jclass, jint dimension, jint opqDimension, jint subquantizers,
                     jint bits, jfloatArray vectors, jint n, jint seed, jobject progress) {
    return guarded<jfloatArray>(env, [&] {
        const TrainingPlan plan = planOf(dimension, opqDimension, 1, 0, subquantizers, bits, seed);
        check(plan);
        const std::vector<float> x = rows(env, vectors, "vectors", n, plan.dimension);
        const std::vector<float> matrix =
            trainRotation(plan, x.data(), count(n, "n"), progressOf(env, progress));
        return newFloats(env, matrix);
    });
}

jfloatArray rotate(JNIEnv* env, jclass, jfloatArray matrix, jint dimension, jfloatArray vectors,
                   jint n) {
    return guarded<jfloatArray>(env, [&] {
        const size_t d = between(dimension, 1, kLargestDimension, "dimension");
        const std::vector<float> from = whole(env, matrix, "matrix", d);
        const std::vector<float> x = rows(env, vectors, "vectors", n, d);
        const std::vector<float> y =
            PackedMatrix::forProducts(from.data(), from.size() / d, d).multiply(x.data(), x.size() / d);
        return newFloats(env, y);
    });
}

jfloatArray residuals(JNIEnv* env, jclass, jint dimension, jint opqDimension, jint lists,
                      jint hnswLinks, jint subquantizers, jint bits, jfloatArray centroids,
                      jfloatArray vectors, jint n, jint seed, jobject progress) {
    return guarded<jfloatArray>(env, [&] {
        const TrainingPlan plan =
            planOf(dimension, opqDimension, lists, hnswLinks, subquantizers, bits, seed);
        check(plan);
        const size_t d = plan.opqDimension == 0 ? plan.dimension : plan.opqDimension;
        const Progress tell = progressOf(env, progress);
        const std::vector<float> middles = whole(env, centroids, "centroids", d);
        const std::vector<float> y = rows(env, vectors, "vectors", n, d);
        return newFloats(env, trainingResiduals(plan, middles, y.data(), count(n, "n"), tell));
    });
}

jfloatArray cluster(JNIEnv* env, jclass, jfloatArray vectors, jint n, jint dimension, jint k,
                    jint iterations, jint seed, jfloatArray start, jdouble leastGain,
                    jobject progress) {
    return guarded<jfloatArray>(env, [&] {
        const size_t d = between(dimension, 1, kLargestDimension, "dimension");
        const size_t clusters = between(k, 1, kMostLists, "k");
        const size_t rounds = between(iterations, 1, kMostIterations, "iterations");
        if (count(n, "n") < clusters) {
            throw std::invalid_argument(
                format("n = %d vectors are too few for k = %zu clusters", n, clusters));
        }
        if (!(leastGain >= 0 && leastGain < 1)) {
            throw std::invalid_argument(format("leastGain must be in 0..1, is %g", leastGain));
        }
        const Progress tell = progressOf(env, progress);
        const std::vector<float> first = whole(env, start, "start", d);
        if (!first.empty() && first.size() != clusters * d) {
            throw std::invalid_argument(format("start has %zu numbers: expected %zu x %zu, or none",
                                               first.size(), clusters, d));
        }
        const std::vector<float> x = rows(env, vectors, "vectors", n, d);
        size_t round = 0;
        auto listener = [&](double mean) {
            tell(format("iteration %zu of %zu, mean squared distance %.6g", ++round, rounds, mean));
        };
        return newFloats(env, lloyd(x.data(), x.size() / d, d, clusters, static_cast<int>(rounds),
                                    seed, listener, first, leastGain));
    });
}

void nearest(JNIEnv* env, jclass, jfloatArray centroids, jint dimension, jfloatArray vectors, jint n,
             jintArray found, jfloatArray distances) {
    guarded<void>(env, [&] {
        const size_t d = between(dimension, 1, kLargestDimension, "dimension");
        const size_t size = count(n, "n");
        const size_t k = lengthOf(env, centroids, "centroids") / d;
        checkRows(env, centroids, "centroids", std::max<size_t>(k, 1), d);
        if (lengthOf(env, found, "rows") < size || lengthOf(env, distances, "distances") < size) {
            throw std::invalid_argument(format("results need room for %zu vectors", size));
        }
        const std::vector<float> x = rows(env, vectors, "vectors", n, d);
        NearestSoFar best(x.data(), size, d);
        const size_t most = std::max<size_t>(kNumbersAtOnce / d, 1);
        for (size_t row = 0; row < k; row += most) {
            const size_t some = std::min(most, k - row);
            const std::vector<float> part = floats(env, centroids, "centroids", row * d, some * d);
            checkFinite(part, d, "centroid", row);
            best.offer(part.data(), some);
        }
        env->SetIntArrayRegion(found, 0, static_cast<jsize>(size),
                               reinterpret_cast<const jint*>(best.rows().data()));
        env->SetFloatArrayRegion(distances, 0, static_cast<jsize>(size), best.distances().data());
    });
}

}  // namespace remap
