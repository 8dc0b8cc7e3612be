package dev.remap.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Seeded unit vectors for measuring: points of 24 dimensions around 200 centres, bent into all
 * dimensions by a random network of one layer, with noise added, so that neighbours are neither
 * given by clusters nor lost in noise.
 */
final class BenchVectors {
  private static final int LATENT = 24;
  private static final int CENTERS = 200;
  private static final int HIDDEN = 256;
  private static final int KNOWN = 200;
  private static final int K = 10;
  private static final float NOISE = 0.05f;

  private final int dimension;
  private final float[] centers;
  private final float[] first;
  private final float[] second;

  private BenchVectors(int dimension) {
    Random random = new Random(5);
    this.dimension = dimension;
    centers = normal(random, CENTERS * LATENT, 1);
    first = normal(random, LATENT * HIDDEN, 0.5f);
    second = normal(random, HIDDEN * dimension, 1f / 16);
  }

  /**
   * Writes vectors, queries, and the nearest ten of the first 200 queries by computing them all.
   */
  static void write(Path folder, int dimension, int vectors, int queries) throws IOException {
    BenchVectors source = new BenchVectors(dimension);
    float[] x = source.rows(vectors, 6);
    float[] q = source.rows(queries, 7);
    write(folder.resolve("vectors.f32"), x);
    write(folder.resolve("queries.f32"), q);
    long[] truth =
        IntStream.range(0, Math.min(KNOWN, queries))
            .parallel()
            .mapToObj(i -> nearest(x, q, i, dimension))
            .flatMapToLong(Arrays::stream)
            .toArray();
    write(folder.resolve("truth.i64"), truth);
  }

  private static float[] normal(Random random, int n, float scale) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = scale * (float) random.nextGaussian();
    }
    return values;
  }

  private float[] rows(int n, long seed) {
    float[] rows = new float[n * dimension];
    IntStream.range(0, n)
        .parallel()
        .forEach(
            i ->
                System.arraycopy(row(new Random(seed * n + i)), 0, rows, i * dimension, dimension));
    return rows;
  }

  private float[] row(Random random) {
    int center = random.nextInt(CENTERS);
    float[] hidden = new float[HIDDEN];
    for (int i = 0; i < LATENT; i++) {
      float z = centers[center * LATENT + i] + (float) random.nextGaussian();
      for (int j = 0; j < HIDDEN; j++) {
        hidden[j] += z * first[i * HIDDEN + j];
      }
    }
    float[] row = normal(random, dimension, NOISE);
    for (int i = 0; i < HIDDEN; i++) {
      float h = hidden[i] / (1 + Math.abs(hidden[i]));
      for (int j = 0; j < dimension; j++) {
        row[j] += h * second[i * dimension + j];
      }
    }
    double norm = 0;
    for (float component : row) {
      norm += (double) component * component;
    }
    for (int j = 0; j < dimension; j++) {
      row[j] /= (float) Math.sqrt(norm);
    }
    return row;
  }

  /** Ascending by distance, equal ones by row. */
  private static long[] nearest(float[] x, float[] q, int query, int d) {
    long[] rows = new long[K];
    float[] distances = new float[K];
    Arrays.fill(distances, Float.POSITIVE_INFINITY);
    for (int i = 0; i < x.length / d; i++) {
      float sum = 0;
      for (int j = 0; j < d; j++) {
        float difference = q[query * d + j] - x[i * d + j];
        sum += difference * difference;
      }
      int place = K;
      for (; place > 0 && sum < distances[place - 1]; place--) {
        if (place < K) {
          rows[place] = rows[place - 1];
          distances[place] = distances[place - 1];
        }
      }
      if (place < K) {
        rows[place] = i;
        distances[place] = sum;
      }
    }
    return rows;
  }

  static void write(Path file, long[] values) throws IOException {
    ByteBuffer bytes = buffer(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    write(file, bytes);
  }

  static void write(Path file, float[] values) throws IOException {
    ByteBuffer bytes = buffer(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    write(file, bytes);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void write(Path file, ByteBuffer bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    if (Files.size(file) != bytes.capacity()) {
      throw new IOException(file + " was cut short");
    }
  }
}
