package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.Remap;
import dev.remap.jobs.cluster.StandaloneCluster.Worker;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.LocalSpark;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A quantizer trained by tasks, and shards built by it, on two executors in JVMs of their own: the
 * bytes of {@code local[2]}. So many vectors and lists that there are several blocks, ranges and
 * levels. Run by {@code bin/cluster-test}, which builds the command first; not by {@code bin/test}.
 */
class TrainingDrill {
  private static final long SEED = Long.getLong("drill.seed", 1);
  private static final int D = 128;
  private static final int FIRST = 50_000;
  private static final int MORE = 5_000;

  private final Path work = Path.of("target/cluster-test/training").toAbsolutePath();
  private final Console console = new Console(System.out);
  private final List<List<String>> table = new ArrayList<>();

  @Test
  void trainedAndBuiltOnTwoExecutorsItIsWhatOneMachineMakes() throws Exception {
    table.add(List.of("what", "seconds", "found"));
    Map<String, LiveIndex> reference = new TreeMap<>();
    Place here = Place.local(work.resolve("local"));
    LocalSpark.use("local[2]");
    Remap remap = new Remap(work.resolve("local/store"));
    settings().forEach(remap::set);
    for (String night : List.of("cold", "warm")) {
      reference.put(night, night("local[2]", here, night, remap::succeed));
    }
    assertThat(reference.get("warm").shards()).isNotEqualTo(reference.get("cold").shards());

    Place there = Place.local(work.resolve("cluster"));
    try (StandaloneCluster cluster =
        StandaloneCluster.start(work.resolve("spark"), List.of(new Worker(2), new Worker(2)))) {
      Command command = new Command(cluster.url(), work.resolve("cluster")).set(settings());
      for (String night : List.of("cold", "warm")) {
        LiveIndex made =
            night(
                "two executors",
                there,
                night,
                (name, words) -> {
                  List<String> line = new ArrayList<>(List.of(name, "--store", there.at("store")));
                  line.addAll(List.of(words));
                  command.succeed(line.toArray(String[]::new));
                });
        assertThat(made).as("%s, seed %d", night, SEED).isEqualTo(reference.get(night));
      }
      assertThat(cluster.isWhole()).isTrue();
    }
    console.say("training, seed %d", SEED);
    console.table(table);
  }

  /** Runs a command by its name. */
  @FunctionalInterface
  private interface Run {
    void succeed(String name, String... words);
  }

  private LiveIndex night(String what, Place place, String night, Run run) throws IOException {
    boolean isFirst = night.equals("cold");
    Path catalogue = Path.of(URI.create(place.at("catalogue")));
    write(catalogue.resolve(night + ".fbin"), isFirst ? FIRST : MORE, isFirst ? SEED : SEED + 1);
    long start = System.nanoTime();
    run.succeed("reindex", "--catalogue", place.at("catalogue"), "--retrain=" + night);
    LiveIndex live = LiveIndex.read(place.at("store"), place.configuration(), work.resolve("read"));
    assertThat(live.keys()).hasSize(isFirst ? FIRST : FIRST + MORE);
    table.add(
        List.of(
            what + ", " + night,
            String.format("%.1f", (System.nanoTime() - start) / 1e9),
            live.keys().size() + " entries, " + live.shards().size() + " shards"));
    return live;
  }

  private static Map<String, String> settings() {
    return Map.of(
        "catalogue.format", "embeddings",
        "embeddings.dimension", Integer.toString(D),
        "whitening.method", "none",
        "quantizer.spec", "IVF4096,PQ16x6np",
        "quantizer.driver-sample", "1",
        "index.shards", "3",
        "unit.images", "20000");
  }

  /** Vectors of a smooth surface of twelve dimensions. */
  private static void write(Path file, int count, long seed) throws IOException {
    Files.createDirectories(file.getParent());
    Random random = new Random(seed);
    double[][] bends = new double[D][12];
    Random shape = new Random(SEED);
    for (double[] bend : bends) {
      for (int j = 0; j < bend.length; j++) {
        bend[j] = shape.nextGaussian() / 2;
      }
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      byte[] head = new byte[2 * Integer.BYTES];
      ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(count).putInt(D);
      out.write(head);
      double[] hidden = new double[12];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < hidden.length; j++) {
          hidden[j] = random.nextGaussian();
        }
        byte[] bytes = new byte[D * Float.BYTES];
        ByteBuffer row = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int j = 0; j < D; j++) {
          double sum = j;
          for (int l = 0; l < hidden.length; l++) {
            sum += bends[j][l] * hidden[l];
          }
          row.putFloat((float) Math.sin(sum));
        }
        out.write(bytes);
      }
    }
  }
}
