package dev.remap.core.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.image.ImageShape;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Whether memory grows with the number of forward passes, on several threads and with shapes that
 * change. Run by {@code bin/bench-soak}, which explains it, not by {@code bin/test}.
 */
class SoakBench {
  private static final Path BACKBONE = Path.of(System.getProperty("bench.backbone", ""));
  private static final int BATCHES = Integer.getInteger("bench.batches", 20_000);
  private static final int THREADS = Integer.getInteger("bench.threads", 4);
  private static final int SAMPLES = 20;
  private static final List<ImageShape> SHAPES =
      List.of(new ImageShape(96, 64), new ImageShape(64, 96), new ImageShape(64, 64));
  private static final PrintStream OUT = System.out;

  private final AtomicInteger started = new AtomicInteger();
  private final List<Long> resident = new ArrayList<>();

  @Test
  void batches() throws Exception {
    BackboneCard card = BackboneCard.parse(Files.readString(BACKBONE.resolve("card.json")));
    OUT.printf(Locale.ROOT, "%s, %,d batches on %d threads%n", card.name(), BATCHES, THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Backbone backbone =
        Backbone.load(BACKBONE.resolve("backbone.pt"), card, ComputeDevice.cpu())) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int seed = thread;
        all.add(threads.submit(() -> pass(backbone, new Random(seed))));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    // The first fifth warms up: code is compiled, allocators take what they keep.
    List<Long> warm = resident.subList(SAMPLES / 5, resident.size());
    double first = mean(warm.subList(0, warm.size() / 2));
    double second = mean(warm.subList(warm.size() / 2, warm.size()));
    OUT.printf(
        Locale.ROOT,
        "after the first fifth: %.1f MiB in the mean of the first half, %.1f MiB of the"
            + " second: %+.2f bytes a batch%n",
        first / 1024,
        second / 1024,
        (second - first) * 1024 / (BATCHES * 0.4));
  }

  private void pass(Backbone backbone, Random random) {
    // As the extractor does: direct memory is freed late, so it is used again.
    ByteBuffer pixels = ByteBuffer.allocateDirect(2 * 3 * 96 * 96);
    for (int batch = started.getAndIncrement();
        batch < BATCHES;
        batch = started.getAndIncrement()) {
      if (batch % (BATCHES / SAMPLES) == 0) {
        sample(batch);
      }
      ImageShape shape = SHAPES.get(random.nextInt(SHAPES.size()));
      int images = 1 + random.nextInt(2);
      pixels.clear().limit(3 * images * shape.width() * shape.height());
      try (FeatureMaps maps = backbone.forward(pixels, images, shape)) {
        assertThat(maps.taps()).allMatch(map -> Float.isFinite(map.values().get(0)));
      }
    }
  }

  private synchronized void sample(int batch) {
    // Without the heap's garbage, which the JVM then gives back.
    Runtime.getRuntime().gc();
    long kib = residentKib();
    resident.add(kib);
    OUT.printf(Locale.ROOT, "%,8d batches: %,9d KiB resident%n", batch, kib);
  }

  private static double mean(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).average().orElseThrow();
  }

  private static long residentKib() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
