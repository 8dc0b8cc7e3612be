package dev.remap.index;

import dev.remap.index.jfaiss.NativeLibrary;
import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.SearchResult;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * Our half of {@code src/test/python/compare_with_faiss.py}, which explains it: trains, builds and
 * searches with the vectors in a folder, and leaves there what it made.
 */
final class CompareWithFaiss {
  private static final long SEED = 1234;

  private CompareWithFaiss() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    IndexSpec spec = IndexSpec.parse(arguments[1]);
    int dimension = Integer.parseInt(arguments[2]);
    int sample = Integer.parseInt(arguments[3]);
    int nprobe = Integer.parseInt(arguments[4]);
    int k = Integer.parseInt(arguments[5]);
    float[] vectors = floats(folder.resolve("vectors.f32"));
    float[] queries = floats(folder.resolve("queries.f32"));
    int n = vectors.length / dimension;
    NativeLibrary.load();

    long start = cpuTime();
    float[] training = Arrays.copyOf(vectors, sample * dimension);
    try (Quantizer quantizer =
            Quantizer.train(spec, dimension, training, sample, SEED, line -> {});
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      report("train", start, sample);
      quantizer.write(folder.resolve("quantizer.faiss"));

      start = cpuTime();
      long[] keys = LongStream.range(0, n).map(i -> 7 * i + 1).toArray();
      builder.add(keys, vectors, n);
      report("add", start, n);
      start = cpuTime();
      ShardFile file = builder.write(folder.resolve("shard.faiss"));
      report("write", start, n);
      try (Shard shard = Shard.open(file)) {
        start = cpuTime();
        SearchResult result = shard.search(queries, queries.length / dimension, k, nprobe);
        report("search", start, result.queries());
        write(folder, result);
      }
    }
  }

  private static void report(String what, long start, int count) {
    double seconds = (cpuTime() - start) / 1e9;
    System.out.printf(Locale.ROOT, "java %s %.4f %.0f%n", what, seconds, count / seconds);
  }

  /** CPU nanoseconds of this thread: others may keep the machine busy. */
  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static float[] floats(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      float[] values = new float[Math.toIntExact(channel.size() / Float.BYTES)];
      channel
          .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      return values;
    }
  }

  private static void write(Path folder, SearchResult result) throws IOException {
    ByteBuffer keys =
        ByteBuffer.allocate(result.keys().length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    keys.asLongBuffer().put(result.keys());
    Files.write(folder.resolve("found.i64"), keys.array());
    ByteBuffer distances =
        ByteBuffer.allocate(result.distances().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    distances.asFloatBuffer().put(result.distances());
    Files.write(folder.resolve("distances.f32"), distances.array());
  }
}
