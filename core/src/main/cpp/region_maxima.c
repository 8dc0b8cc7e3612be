// Maxima of the channels of a map over the regions of a grid, and weighted sums of the regions, for
// dev.remap.core.pooling.RegionMaxima; RegionPooling.java explains bands and windows.
#include <jni.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Loops over one channel of 7x5 cells are too short for a processor to be quick at, so several
// channels are swept together: of each cell their values lie side by side. Values are compared as
// integers that have the order of the numbers they stand for, -0 before 0 and NaN last, as Java's
// Math.max has it: one instruction for what takes five with numbers.
enum {
  LANES = 16,
  // Cells that are taken of all channels before the next ones, so that what is written is at hand.
  TILE = 64,
  // Regions whose squares are summed side by side: each sum waits for its last addition.
  TOGETHER = 8,
  INFINITE = 0x7f800000,
  NOT_A_NUMBER = 0x7fc00000
};

// For what the processor has, chosen when the library is loaded.
#define FOR_EACH_PROCESSOR \
  __attribute__((target_clones("avx512f", "avx2", "sse4.1", "default"), optimize("O3")))

// Of all lanes of a cell.
typedef int32_t cell[LANES];

// The regions whose windows have one length; see Band.java.
struct band {
  int32_t window;
  int32_t rows;
  int32_t regions;
  const int32_t *upper;
  const int32_t *lower;
  const int32_t *left;
  const int32_t *right;
  const int32_t *canonical;
};

// The order of numbers as that of integers; it is its own inverse.
static inline int32_t reordered(int32_t bits) { return bits ^ ((bits >> 31) & INT32_MAX); }

static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

FOR_EACH_PROCESSOR
static void take(const int32_t *values, int channels, int area, cell *cells) {
  for (int first = 0; first < area; first += TILE) {
    int count = area - first < TILE ? area - first : TILE;
    for (int c = 0; c < channels; c++) {
      const int32_t *of_channel = values + (ptrdiff_t)c * area + first;
      int32_t tile[TILE];
      for (int i = 0; i < count; i++) {
        int32_t bits = of_channel[i];
        tile[i] = (bits & INT32_MAX) > INFINITE ? NOT_A_NUMBER : reordered(bits);
      }
      for (int i = 0; i < count; i++) {
        cells[first + i][c] = tile[i];
      }
    }
  }
}

// cells[i] = max(cells[i], cells[i + shift]), as far as there are such.
FOR_EACH_PROCESSOR
static void fold(cell *cells, int shift, int length) {
  for (int i = 0; i < length - shift; i++) {
#pragma GCC ivdep
    for (int c = 0; c < LANES; c++) {
      cells[i][c] = larger(cells[i][c], cells[i + shift][c]);
    }
  }
}

FOR_EACH_PROCESSOR
static void take_larger(const cell *a, const cell *b, int length, cell *restrict out) {
  for (int i = 0; i < length; i++) {
    for (int c = 0; c < LANES; c++) {
      out[i][c] = larger(a[i][c], b[i][c]);
    }
  }
}

FOR_EACH_PROCESSOR
static void put(const cell *a, const cell *b, int channels, int32_t *restrict out) {
  cell both;
  for (int c = 0; c < LANES; c++) {
    both[c] = reordered(larger((*a)[c], (*b)[c]));
  }
  if (channels == LANES) {
    memcpy(out, both, sizeof both);
  } else {
    memcpy(out, both, sizeof(int32_t) * (size_t)channels);
  }
}

static const int32_t *read_band(const int32_t *plan, struct band *band) {
  band->window = plan[0];
  band->rows = plan[1];
  band->regions = plan[2];
  band->upper = plan + 3;
  band->lower = band->upper + band->rows;
  band->left = band->lower + band->rows;
  band->right = band->left + band->regions;
  band->canonical = band->right + band->regions;
  return band->canonical + band->regions;
}

static int strip_cells(const int32_t *plan) {
  int most = 0;
  const int32_t *next = plan + 3;
  for (int b = 0; b < plan[2]; b++) {
    struct band band;
    next = read_band(next, &band);
    most = larger(most, band.rows * plan[0]);
  }
  return most;
}

// Of some channels: out is that of the first.
static void pool(const int32_t *plan, cell *cells, cell *strip, int channels, int all,
                 int32_t *out) {
  int width = plan[0];
  int length = width * plan[1];
  int window = 1;
  const int32_t *next = plan + 3;
  for (int b = 0; b < plan[2]; b++) {
    struct band band;
    next = read_band(next, &band);
    for (; window < band.window; window *= 2) {
      fold(cells, window * width, length);
      length -= window * width;
    }
    for (int row = 0; row < band.rows; row++) {
      take_larger(cells + band.upper[row], cells + band.lower[row], width, strip + row * width);
    }
    int strip_length = band.rows * width;
    for (int half = 1; half < band.window; half *= 2) {
      fold(strip, half, strip_length);
      strip_length -= half;
    }
    for (int i = 0; i < band.regions; i++) {
      put(strip + band.left[i], strip + band.right[i], channels,
          out + (ptrdiff_t)band.canonical[i] * all);
    }
  }
}

static bool region_maxima(const int32_t *values, int channels, const int32_t *plan, int32_t *out) {
  int area = plan[0] * plan[1];
  cell *cells = aligned_alloc(sizeof(cell), sizeof(cell) * (size_t)area);
  cell *strip = aligned_alloc(sizeof(cell), sizeof(cell) * (size_t)strip_cells(plan));
  bool room = cells != NULL && strip != NULL;
  for (int c = 0; room && c < channels; c += LANES) {
    int count = channels - c < LANES ? channels - c : LANES;
    if (count < LANES) {
      memset(cells, 0, sizeof(cell) * (size_t)area);
    }
    take(values + (ptrdiff_t)c * area, count, area, cells);
    pool(plan, cells, strip, count, channels, out + c);
  }
  free(strip);
  free(cells);
  return room;
}

// Of all regions: the i-th becomes its weight divided by its L2 norm, or 0 where that is 0.
static void factors(const float *maxima, int regions, int channels, const float *weights,
                    double *out) {
  for (int first = 0; first < regions; first += TOGETHER) {
    int count = regions - first < TOGETHER ? regions - first : TOGETHER;
    // Of the last ones some are summed twice.
    const float *rows[TOGETHER];
    for (int i = 0; i < TOGETHER; i++) {
      rows[i] = maxima + (ptrdiff_t)(first + (i < count ? i : 0)) * channels;
    }
    double squares[TOGETHER] = {0};
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < TOGETHER; i++) {
        double value = rows[i][c];
        squares[i] += value * value;
      }
    }
    for (int i = 0; i < count; i++) {
      double norm = sqrt(squares[i]);
      out[first + i] = norm == 0 ? 0 : weights[first + i] / norm;
    }
  }
}

FOR_EACH_PROCESSOR
static void add(const float *values, double factor, int count, double *restrict sums) {
  for (int i = 0; i < count; i++) {
    sums[i] += factor * values[i];
  }
}

// Sums in doubles and in the order of the regions, as RegionPooling.java does.
static void sum_regions(const float *maxima, int regions, int channels, const double *factor,
                        double *sums, float *out) {
  memset(sums, 0, sizeof(double) * (size_t)channels);
  for (int r = 0; r < regions; r++) {
    add(maxima + (ptrdiff_t)r * channels, factor[r], channels, sums);
  }
  for (int c = 0; c < channels; c++) {
    out[c] = (float)sums[c];
  }
}

static bool weighted_sum(const int32_t *values, int channels, const int32_t *plan,
                         const float *weights, int regions, float *out) {
  float *maxima = malloc(sizeof(float) * (size_t)regions * (size_t)channels);
  double *factor = malloc(sizeof(double) * (size_t)regions);
  double *sums = malloc(sizeof(double) * (size_t)channels);
  bool room = maxima != NULL && factor != NULL && sums != NULL &&
              region_maxima(values, channels, plan, (int32_t *)maxima);
  if (room) {
    factors(maxima, regions, channels, weights, factor);
    sum_regions(maxima, regions, channels, factor, sums, out);
  }
  free(sums);
  free(factor);
  free(maxima);
  return room;
}

// As RegionMaxima.java describes this and the next one.
JNIEXPORT jboolean JNICALL Java_dev_remap_core_pooling_RegionMaxima_find(
    JNIEnv *env, jclass type, jobject values, jint from, jint channels, jintArray plan,
    jfloatArray maxima) {
  (void)type;
  const int32_t *map = (*env)->GetDirectBufferAddress(env, values);
  jsize length = (*env)->GetArrayLength(env, maxima);
  jint *numbers = map == NULL ? NULL : (*env)->GetIntArrayElements(env, plan, NULL);
  if (numbers == NULL) {
    return JNI_FALSE;
  }
  // Not in Java's own array: no collection of garbage has to wait for this.
  jfloat *out = malloc(sizeof(jfloat) * (size_t)length);
  bool found = out != NULL && region_maxima(map + from, channels, numbers, (int32_t *)out);
  if (found) {
    (*env)->SetFloatArrayRegion(env, maxima, 0, length, out);
  }
  free(out);
  (*env)->ReleaseIntArrayElements(env, plan, numbers, JNI_ABORT);
  return found ? JNI_TRUE : JNI_FALSE;
}

JNIEXPORT jboolean JNICALL Java_dev_remap_core_pooling_RegionMaxima_sum(
    JNIEnv *env, jclass type, jobject values, jint from, jint channels, jintArray plan,
    jfloatArray weights, jfloatArray sums, jint offset) {
  (void)type;
  const int32_t *map = (*env)->GetDirectBufferAddress(env, values);
  jsize regions = (*env)->GetArrayLength(env, weights);
  jfloat *out = map == NULL ? NULL : malloc(sizeof(jfloat) * (size_t)channels);
  jint *numbers = out == NULL ? NULL : (*env)->GetIntArrayElements(env, plan, NULL);
  jfloat *of_regions = numbers == NULL ? NULL : (*env)->GetFloatArrayElements(env, weights, NULL);
  bool summed =
      of_regions != NULL && weighted_sum(map + from, channels, numbers, of_regions, regions, out);
  if (summed) {
    (*env)->SetFloatArrayRegion(env, sums, offset, channels, out);
  }
  if (of_regions != NULL) {
    (*env)->ReleaseFloatArrayElements(env, weights, of_regions, JNI_ABORT);
  }
  if (numbers != NULL) {
    (*env)->ReleaseIntArrayElements(env, plan, numbers, JNI_ABORT);
  }
  free(out);
  return summed ? JNI_TRUE : JNI_FALSE;
}
