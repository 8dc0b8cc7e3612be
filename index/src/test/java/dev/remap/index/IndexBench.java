package dev.remap.index;

import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.jfaiss.NativeLibrary;
import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.SearchResult;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Our half of {@code bin/bench-index}, which explains it. Reads a command a line from the standard
 * input, and answers with a line: seconds (of CPU for one thread, of the clock for more), and what
 * the result is worth.
 */
final class IndexBench {
  private static final int K = 10;
  private static final long SEED = 1234;
  private static final int ENCODED_DIMENSION = 96;

  private final Path folder;
  private final int dimension;
  private final IndexSpec spec;
  private final int nprobe;
  private final float[] vectors;
  private final float[] queries;
  private Quantizer quantizer;

  private IndexBench(
      Path folder, int dimension, String spec, int nprobe, int vectorCount, int queryCount)
      throws IOException {
    this.folder = folder;
    this.dimension = dimension;
    this.spec = IndexSpec.parse(spec);
    this.nprobe = nprobe;
    if (!Files.exists(folder.resolve("truth.i64"))) {
      BenchVectors.write(folder, dimension, vectorCount, queryCount);
    }
    vectors = floats(folder.resolve("vectors.f32"));
    queries = floats(folder.resolve("queries.f32"));
  }

  public static void main(String[] arguments) throws Exception {
    IndexBench bench =
        new IndexBench(
            Path.of(arguments[0]),
            Integer.parseInt(arguments[1]),
            arguments[2],
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]),
            Integer.parseInt(arguments[5]));
    System.out.println("instruction set " + NativeLibrary.instructionSet());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(bench.answer(line.split(" ")));
    }
  }

  private String answer(String[] command) throws Exception {
    int count = Integer.parseInt(command[1]);
    int threads = Integer.parseInt(command[2]);
    return switch (command[0]) {
      case "train" -> train(count, threads);
      case "add" -> add(count, threads);
      case "search" -> search(count, threads, (shard, some) -> batch(shard, some, threads));
      case "single" -> search(count, threads, this::single);
      case "encode" -> encode(count, threads, Integer.parseInt(command[3]));
      default -> throw new IllegalArgumentException("no command " + command[0]);
    };
  }

  /** Seconds of the whole and of the coarse quantizer, its iterations and their last objective. */
  private String train(int n, int threads) {
    float[] sample = Arrays.copyOf(vectors, n * dimension);
    Clock clock = new Clock(threads);
    List<String> coarse = new ArrayList<>();
    List<Double> times = new ArrayList<>();
    Quantizer trained =
        Quantizer.train(
            spec,
            dimension,
            sample,
            n,
            SEED,
            line -> {
              if (line.startsWith("coarse quantizer: iteration")) {
                coarse.add(line);
                times.add(clock.seconds());
              }
            });
    double seconds = clock.seconds();
    if (quantizer != null) {
      quantizer.close();
    }
    quantizer = trained;
    String objective = coarse.get(coarse.size() - 1).replaceAll(".*distance ", "");
    return "%.4f %.4f %d %s"
        .formatted(seconds, times.get(times.size() - 1), coarse.size(), objective);
  }

  /** Adds with a builder a thread, as tasks do; with one thread it leaves the shard. */
  private String add(int n, int threads) throws Exception {
    long[] keys = LongStream.range(0, n).toArray();
    if (threads == 1) {
      Files.deleteIfExists(folder.resolve("shard.faiss"));
      try (ShardBuilder builder = new ShardBuilder(quantizer)) {
        Clock clock = new Clock(threads);
        builder.add(keys, vectors, n);
        double seconds = clock.seconds();
        builder.write(folder.resolve("shard.faiss"));
        return "%.4f".formatted(seconds);
      }
    }
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int from = (int) ((long) n * i / threads);
      int to = (int) ((long) n * (i + 1) / threads);
      float[] part = Arrays.copyOfRange(vectors, from * dimension, to * dimension);
      tasks.add(
          () -> {
            try (ShardBuilder builder = new ShardBuilder(quantizer)) {
              builder.add(Arrays.copyOfRange(keys, from, to), part, to - from);
              return null;
            }
          });
    }
    return "%.4f".formatted(timed(tasks, threads));
  }

  private static double timed(List<Callable<Void>> tasks, int threads) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      Clock clock = new Clock(threads);
      for (Future<Void> done : pool.invokeAll(tasks)) {
        done.get();
      }
      return clock.seconds();
    } finally {
      pool.shutdownNow();
    }
  }

  private interface Searching {
    SearchResult of(Shard shard, float[] queries);
  }

  private SearchResult batch(Shard shard, float[] some, int threads) {
    return shard.searchBatch(some, some.length / dimension, K, nprobe, threads);
  }

  private SearchResult single(Shard shard, float[] some) {
    return shard.search(some, some.length / dimension, K, nprobe);
  }

  private String search(int n, int threads, Searching searching) throws IOException {
    Path file = folder.resolve("shard.faiss");
    String hash = FileHash.of(file);
    try (Shard shard = Shard.open(file, hash, Files.size(file))) {
      float[] some = Arrays.copyOf(queries, n * dimension);
      Clock clock = new Clock(threads);
      SearchResult found = searching.of(shard, some);
      double seconds = clock.seconds();
      BenchVectors.write(folder.resolve("found.i64"), found.keys());
      BenchVectors.write(folder.resolve("found.f32"), found.distances());
      return "%.4f %.4f".formatted(seconds, recall(found));
    }
  }

  /** Encodes with one list, so that what is left is the product quantizer's. */
  private String encode(int n, int threads, int width) throws Exception {
    int m = ENCODED_DIMENSION / width;
    float[] rows = new float[n * ENCODED_DIMENSION];
    for (int i = 0; i < n; i++) {
      System.arraycopy(vectors, i * dimension, rows, i * ENCODED_DIMENSION, ENCODED_DIMENSION);
    }
    IndexSpec one = IndexSpec.parse("IVF1,PQ" + m + "np");
    float[] sample = Arrays.copyOf(rows, 2000 * ENCODED_DIMENSION);
    try (Quantizer trained =
        Quantizer.train(one, ENCODED_DIMENSION, sample, 2000, SEED, line -> {})) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int from = (int) ((long) n * i / threads);
        int to = (int) ((long) n * (i + 1) / threads);
        float[] part = Arrays.copyOfRange(rows, from * ENCODED_DIMENSION, to * ENCODED_DIMENSION);
        tasks.add(
            () -> {
              try (ShardBuilder builder = new ShardBuilder(trained)) {
                builder.add(IntStream.range(from, to).asLongStream().toArray(), part, to - from);
                return null;
              }
            });
      }
      if (threads == 1) {
        Clock clock = new Clock(1);
        tasks.get(0).call();
        return "%.4f".formatted(clock.seconds());
      }
      return "%.4f".formatted(timed(tasks, threads));
    }
  }

  /** CPU seconds of this thread where it is the only one: others may keep the machine busy. */
  private static final class Clock {
    private final boolean cpu;
    private final long start;

    Clock(int threads) {
      cpu = threads == 1;
      start = now();
    }

    private long now() {
      return cpu
          ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
          : System.nanoTime();
    }

    double seconds() {
      return (now() - start) / 1e9;
    }
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** Of those queries whose true neighbours are known: the share of these that was found. */
  private double recall(SearchResult found) throws IOException {
    ByteBuffer truth =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("truth.i64")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int known = Math.min(found.queries(), truth.remaining() / Long.BYTES / K);
    int hits = 0;
    for (int i = 0; i < known * K; i++) {
      long key = truth.getLong(i * Long.BYTES);
      int row = i / K;
      hits += (int) found.neighbors(row).stream().filter(near -> near.key() == key).count();
    }
    return (double) hits / (known * K);
  }

  static {
    Locale.setDefault(Locale.ROOT);
  }
}
