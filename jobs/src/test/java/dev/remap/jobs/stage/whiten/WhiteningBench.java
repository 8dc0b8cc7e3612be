package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.MomentRow;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Our half of {@code bin/bench-whiten}, which explains it: stores moments of units, then sums and
 * solves them a number of times, and leaves the covariance for NumPy.
 */
final class WhiteningBench {
  /** As by default, but for the mean: NumPy has the eigenvalues of the plain covariance. */
  private static final WhiteningOptions ABOUT_THE_MEAN =
      new WhiteningOptions(WhiteningOptions.AUTO, 0.5, 1e-10, 0, WhiteningOptions.AUTOMATIC, 1);

  private static final long SEED = 20_260;
  private static final int UNITS = 8;
  private static final long EACH = 16_384;

  /** Correlation of neighbours: a Kac–Murdock–Szegő matrix is positive definite. */
  private static final double CORRELATION = 0.9;

  private WhiteningBench() {}

  /**
   * Measures.
   *
   * @param arguments folder, master, dimension, repeats, and how many descriptors are behind the
   *     moments; 0 for many
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int dimension = Integer.parseInt(arguments[2]);
    int repeats = Integer.parseInt(arguments[3]);
    int few = Integer.parseInt(arguments[4]);
    LocalSpark.use(arguments[1]);
    Map<String, String> settings = Map.of("store", folder.resolve("store").toUri().toString());
    Console unread = new Console(new PrintStream(OutputStream.nullOutputStream()));
    try (JobContext context =
        JobContext.create("bench-whiten", Settings.load(null, settings), unread)) {
      StoredMoments stored = few == 0 ? many(context, dimension) : few(context, dimension, few);
      context.spark();
      report("started", 0);
      for (int i = 0; i < repeats; i++) {
        long start = System.nanoTime();
        MomentSums sums = stored.sum(context, MomentSource.BLOCK_BYTES);
        report("sum", System.nanoTime() - start);
        start = System.nanoTime();
        byte[] fitted = WhiteningFit.fit(sums, ABOUT_THE_MEAN);
        report("fit", System.nanoTime() - start);
        if (i == 0) {
          write(folder.resolve("eigenvalues.f64"), Whitening.fromBytes(fitted).eigenvalues());
          write(folder.resolve("covariance.f64"), matrix(sums));
        }
      }
      solve(stored, context, repeats);
    }
  }

  /** Full rank: each unit has the same correlations, and weighs a little more than that before. */
  private static StoredMoments many(JobContext context, int dimension) {
    double[] scales = new SplittableRandom(SEED).doubles(dimension, 0.1, 1).toArray();
    return MomentFiles.write(
        context.store(),
        dimension,
        UNITS,
        unit ->
            row -> {
              int from = Math.max(0, row);
              double[] values = new double[dimension - from];
              if (row != MomentRow.HEADER) {
                double factor = EACH * (1 + 0.01 * unit) * scales[row];
                for (int i = 0; i < values.length; i++) {
                  values[i] = factor * scales[row + i];
                  factor *= CORRELATION;
                }
              }
              return new MomentRow(row, EACH, values);
            });
  }

  /** Of so many random descriptors in one unit. */
  private static StoredMoments few(JobContext context, int dimension, int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    Moments moments = Moments.full(dimension);
    float[] x = new float[dimension];
    for (int n = 0; n < count; n++) {
      for (int i = 0; i < dimension; i++) {
        x[i] = (float) random.nextGaussian() / (1 + i % 11);
      }
      moments.add(x);
    }
    return MomentFiles.write(
        context.store(),
        dimension,
        1,
        unit ->
            row ->
                new MomentRow(
                    row, count, row == MomentRow.HEADER ? moments.sum() : moments.row(row)));
  }

  /** The eigen-solver alone on the whole matrix, beside what a fit does. */
  private static void solve(StoredMoments stored, JobContext context, int repeats)
      throws IOException {
    double[] matrix = matrix(stored.sum(context, MomentSource.BLOCK_BYTES));
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      for (int i = 0; i < repeats; i++) {
        long start = System.nanoTime();
        solver.solve(matrix, stored.dimension());
        report("eigh", System.nanoTime() - start);
      }
    }
  }

  private static double[] matrix(MomentSums sums) {
    int d = sums.rows()[0].length;
    double[] matrix = new double[d * d];
    for (int i = 0; i < d; i++) {
      double mean = sums.rows()[0][i] / sums.count();
      for (int j = i; j < d; j++) {
        matrix[i * d + j] =
            sums.rows()[i + 1][j - i] / sums.count() - mean * (sums.rows()[0][j] / sums.count());
        matrix[j * d + i] = matrix[i * d + j];
      }
    }
    return matrix;
  }

  private static void write(Path file, double[] values) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int from = 0; from < values.length; from += chunk.capacity() / Double.BYTES) {
        int to = Math.min(values.length, from + chunk.capacity() / Double.BYTES);
        chunk.clear();
        Arrays.stream(values, from, to).forEach(chunk::putDouble);
        chunk.flip();
        while (chunk.hasRemaining()) {
          out.write(chunk);
        }
      }
    }
  }

  /** A line that the script reads: what, seconds, and the highest memory so far in MiB. */
  private static void report(String what, long nanoseconds) throws IOException {
    long peak =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
            .findFirst()
            .orElse(0);
    System.out.println(
        String.format(Locale.ROOT, "measured %s %.3f %d", what, nanoseconds / 1e9, peak));
  }
}
