// The entries that train step by step, and what those that train as a whole share with them.
#pragma once

#include <jni.h>

#include <vector>

#include "glue/train.h"

namespace remap {

TrainingPlan planOf(jint dimension, jint opqDimension, jint lists, jint hnswLinks,
                    jint subquantizers, jint bits, jint seed);

// Lines of text for a java.util.function.Consumer, in the call that was given it.
Progress progressOf(JNIEnv* env, jobject consumer);

jfloatArray rotation(JNIEnv* env, jclass, jint dimension, jint opqDimension, jint subquantizers,
                     jint bits, jfloatArray vectors, jint n, jint seed, jobject progress);
jfloatArray rotate(JNIEnv* env, jclass, jfloatArray matrix, jint dimension, jfloatArray vectors,
                   jint n);
jfloatArray residuals(JNIEnv* env, jclass, jint dimension, jint opqDimension, jint lists,
                      jint hnswLinks, jint subquantizers, jint bits, jfloatArray centroids,
                      jfloatArray vectors, jint n, jint seed, jobject progress);
jfloatArray cluster(JNIEnv* env, jclass, jfloatArray vectors, jint n, jint dimension, jint k,
                    jint iterations, jint seed, jfloatArray start, jdouble leastGain,
                    jobject progress);
void nearest(JNIEnv* env, jclass, jfloatArray centroids, jint dimension, jfloatArray vectors, jint n,
             jintArray rows, jfloatArray distances);

}  // namespace remap
