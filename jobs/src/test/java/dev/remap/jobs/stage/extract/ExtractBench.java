package dev.remap.jobs.stage.extract;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.remap.core.backbone.Backbone;
import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.backbone.FeatureMaps;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.Scale;
import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Resize;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.core.image.decode.ImageHeader;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.table.ExtractorFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How far extraction is from what the machine allows: images a second of the whole job, of forward
 * passes alone, of decoding alone, and of a program in PyTorch, in turns. Run by {@code
 * bin/bench-extract}, which explains it, not by {@code bin/test}.
 */
class ExtractBench {
  private static final Path IMAGES = Path.of(System.getProperty("bench.images", ""));
  private static final Path BACKBONE = Path.of(System.getProperty("bench.backbone", ""));
  private static final String SIZE = System.getProperty("bench.size", "512x384");
  private static final int LIMIT = Integer.getInteger("bench.limit", 200);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int MOST_WARM_UP = 64;
  private static final int CORES = Integer.getInteger("bench.cores", 2);
  private static final String PYTHON = System.getProperty("bench.python", "");
  private static final PrintStream OUT = System.out;

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  @TempDir private Path folder;
  private final Map<String, List<Rate>> rates = new TreeMap<>();
  private List<String> way = List.of();
  private String bound = "";
  private List<Path> photographs = List.of();

  /**
   * How fast photographs go through something, or the quotient of two such.
   *
   * @param cpuMillis of one photograph, all threads together: other work on the machine hardly
   *     changes it
   */
  private record Rate(double perSecond, double cpuMillis) {
    static Rate of(double images, double seconds, double cpuSeconds) {
      return new Rate(images / seconds, 1e3 * cpuSeconds / images);
    }

    /** One after the other. */
    Rate then(Rate other) {
      return new Rate(1 / (1 / perSecond + 1 / other.perSecond), cpuMillis + other.cpuMillis);
    }

    Rate against(Rate other) {
      return new Rate(perSecond / other.perSecond, cpuMillis / other.cpuMillis);
    }
  }

  /** Since it was made. */
  private static final class Watch {
    private final long began = System.nanoTime();
    private final long worked = SYSTEM.getProcessCpuTime();

    Rate rate(double images) {
      double cpu = (SYSTEM.getProcessCpuTime() - worked) / 1e9;
      return Rate.of(images, (System.nanoTime() - began) / 1e9, cpu);
    }
  }

  /** Work that all cores share, piece by piece. */
  @FunctionalInterface
  private interface Piece {
    void run(int piece) throws IOException, ImageException;
  }

  @Test
  void rounds() throws Exception {
    List<Path> all = link("catalogue", LIMIT);
    photographs = link("warm-up", Math.min(MOST_WARM_UP, Math.max(8, LIMIT / 4)));
    ExtractorFiles files = files();
    long portrait = all.stream().filter(p -> isPortrait(p, files.spec())).count();
    OUT.printf(
        Locale.ROOT,
        "%,d photographs (%,d upright) at %s, %s, batches of %d, %d cores, %d rounds%n",
        all.size(),
        portrait,
        SIZE,
        files.spec().backbone().name(),
        files.spec().batchSize(),
        CORES,
        ROUNDS);
    try (Backbone network =
        Backbone.load(files.torchScripts().get(0), files.spec().backbone(), ComputeDevice.cpu())) {
      for (int round = 0; round <= ROUNDS; round++) {
        Rate forward = forward(network, files.spec());
        Rate decode = decode(files.spec());
        Rate whole = whole(round);
        Rate peer = PYTHON.isEmpty() ? null : peer(files.spec());
        // The first is to warm up.
        if (round == 0) {
          photographs = all;
        } else {
          add("a  whole extraction", whole);
          add("b  forward passes alone", forward);
          add("c  decoding and resizing alone", decode);
          add("a against 1/(1/b + 1/c)", whole.against(forward.then(decode)));
          if (peer != null) {
            add("d  PyTorch, its best threads", peer);
            add("a against d", whole.against(peer));
          }
        }
      }
    }
    OUT.println(bound.strip());
    OUT.printf(
        Locale.ROOT,
        "%-32s %8s   %-22s %s%n",
        "",
        "images/s",
        "(least to most)",
        "CPU ms an image");
    rates.forEach(
        (what, values) ->
            OUT.printf(
                Locale.ROOT,
                "%-32s %8.2f   %-22s %.2f%n",
                what,
                median(values, Rate::perSecond),
                "(%.2f to %.2f)"
                    .formatted(
                        values.stream().mapToDouble(Rate::perSecond).min().orElseThrow(),
                        values.stream().mapToDouble(Rate::perSecond).max().orElseThrow()),
                median(values, Rate::cpuMillis)));
    assertThat(rates).isNotEmpty();
  }

  private void add(String what, Rate rate) {
    rates.computeIfAbsent(what, name -> new ArrayList<>()).add(rate);
  }

  private static double median(List<Rate> rates, ToDoubleFunction<Rate> part) {
    return rates.stream()
        .mapToDouble(part)
        .sorted()
        .skip(rates.size() / 2)
        .findFirst()
        .orElseThrow();
  }

  /** Photographs to be described, as a catalogue of their own. */
  private List<Path> link(String name, int limit) throws IOException {
    Path catalogue = Files.createDirectory(folder.resolve(name));
    List<Path> linked = new ArrayList<>();
    try (Stream<Path> found = Files.walk(IMAGES)) {
      for (Path image :
          found
              .filter(path -> path.toString().matches("(?i).*\\.(jpe?g|png)"))
              .sorted()
              .limit(limit)
              .toList()) {
        Path copy = catalogue.resolve(linked.size() + "-" + image.getFileName());
        linked.add(Files.copy(image, copy));
      }
    }
    assertThat(linked).as("photographs in %s", IMAGES).isNotEmpty();
    return linked;
  }

  private static boolean isPortrait(Path photograph, ExtractorSpec spec) {
    try {
      ImageHeader header = new ImageDecoder(spec.limits()).header(Files.readAllBytes(photograph));
      return header.height() > header.width();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ImageException e) {
      return false;
    }
  }

  private Settings settings(int round) {
    String[] sides = SIZE.split("x", 2);
    Map<String, String> set = new TreeMap<>();
    set.put("store", folder.resolve("store-" + round).toUri().toString());
    set.put("catalogue.uri", photographs.get(0).getParent().toUri().toString());
    set.put(
        "extractor.scales",
        "[{long-side = %s, short-side = %s, weight = 1}]".formatted(sides[0], sides[1]));
    set.put("extractor.backbone", BACKBONE.toString());
    return Settings.load(null, set);
  }

  private JobContext context(int round, ByteArrayOutputStream said) {
    LocalSpark.use("local[" + CORES + "]");
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    return JobContext.create("bench", settings(round), new Console(out));
  }

  private ExtractorFiles files() {
    try (JobContext context = context(0, new ByteArrayOutputStream())) {
      return ExtractorFiles.of(context);
    }
  }

  /** From files to rows in Parquet; listing them, and the start of Spark, do not count. */
  private Rate whole(int round) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = context(round, said)) {
      new SnapshotJob(context).execute();
      Watch watch = new Watch();
      new ExtractJob(context, 1).execute();
      Rate rate = watch.rate(photographs.size());
      said.toString(StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains("bound by"))
          .forEach(line -> bound = line);
      return rate;
    }
  }

  /** As many batches as the photographs fill, each core one at a time, as tasks do. */
  private Rate forward(Backbone network, ExtractorSpec spec) throws Exception {
    int batch = spec.batchSize();
    Scale scale = spec.scales().get(0);
    ImageShape shape = new ImageShape(scale.longSide(), scale.shortSide());
    ByteBuffer pixels = ByteBuffer.allocateDirect(batch * 3 * scale.longSide() * scale.shortSide());
    byte[] noise = new byte[pixels.capacity()];
    new Random(1).nextBytes(noise);
    pixels.put(noise).flip();
    int passes = (photographs.size() + batch - 1) / batch;
    Watch watch = new Watch();
    share(
        passes,
        piece -> {
          try (FeatureMaps maps = network.forward(pixels.duplicate(), batch, shape)) {
            assertThat(maps.taps()).isNotEmpty();
          }
        });
    int images = passes * batch;
    return watch.rate(images);
  }

  private Rate decode(ExtractorSpec spec) throws Exception {
    ImageDecoder decoder = new ImageDecoder(spec.limits());
    Scale scale = spec.scales().get(0);
    ImageShape largest = new ImageShape(scale.longSide(), scale.shortSide());
    Watch watch = new Watch();
    share(
        photographs.size(),
        piece -> {
          byte[] bytes = Files.readAllBytes(photographs.get(piece));
          ImageHeader header = decoder.header(bytes);
          RgbImage image = decoder.decode(bytes, largest);
          boolean upright = header.height() > header.width();
          Resize.to(
              image,
              upright
                  ? new ImageShape(scale.shortSide(), scale.longSide())
                  : new ImageShape(scale.longSide(), scale.shortSide()));
        });
    return watch.rate(photographs.size());
  }

  private static void share(int pieces, Piece work) throws Exception {
    AtomicInteger next = new AtomicInteger();
    List<Throwable> failures = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int core = 0; core < CORES; core++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                    work.run(i);
                  }
                } catch (IOException | ImageException | RuntimeException e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }

  /** By the best of its ways to share the cores, which the first call finds out. */
  private Rate peer(ExtractorSpec spec) throws Exception {
    Path list = folder.resolve("photographs.txt");
    Files.write(list, photographs.stream().map(Path::toString).toList());
    Scale scale = spec.scales().get(0);
    List<String> line =
        new ArrayList<>(
            List.of(
                PYTHON,
                Path.of("src/test/python/extract_with_pytorch.py").toAbsolutePath().toString(),
                list.toString(),
                BACKBONE.toString(),
                Integer.toString(scale.longSide()),
                Integer.toString(scale.shortSide()),
                Integer.toString(spec.batchSize()),
                Integer.toString(CORES),
                folder.resolve("descriptors.npy").toString()));
    line.addAll(way);
    ProcessBuilder program =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
    // Ours: one thread for each task.
    program.environment().keySet().removeIf(name -> name.startsWith("OMP_"));
    Process process = program.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    List<String[]> ways = printed.lines().map(each -> each.split(" ", -1)).toList();
    String[] best =
        ways.stream().min(Comparator.comparingDouble(each -> seconds(each, 4))).orElseThrow();
    way = List.of(best[0], best[1], best[2]);
    return Rate.of(photographs.size(), seconds(best, 4), seconds(best, 5));
  }

  private static double seconds(String[] parts, int part) {
    return Double.parseDouble(parts[part]);
  }
}
