package dev.remap.jobs.stage.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.jfaiss.NativeVectors;
import dev.remap.index.jfaiss.NativeVectors.Lloyd;
import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.quantizer.TrainingSteps;
import dev.remap.jobs.evaluate.VectorTable;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.table.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistributedTrainingTest {
  private static final int SEED = 77;
  private static final int D = 8;
  private static final int N = 2000;
  private static final IndexSpec SPEC = IndexSpec.parse("IVF60,PQ4x4np");

  /** Many blocks and ranges, and two levels. */
  private static final TrainingScale SMALL = new TrainingScale(500 * D, 25 * D, 16, 1500 * D);

  /** What a training that nobody stops comes to. */
  private static String undisturbed;

  @TempDir private Path folder;
  private int stores;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private static SparkSession session;

  @BeforeAll
  static void start() {
    session = LocalSpark.session();
  }

  @AfterAll
  static void stop() {
    LocalSpark.use("local[2]");
    session.stop();
  }

  /** Vectors around 150 places. */
  private static float[][] clustered(int n) {
    Random random = new Random(SEED);
    float[][] places = new float[150][D];
    for (float[] place : places) {
      for (int j = 0; j < D; j++) {
        place[j] = (float) random.nextGaussian();
      }
    }
    float[][] vectors = new float[n][D];
    for (float[] vector : vectors) {
      float[] place = places[random.nextInt(places.length)];
      for (int j = 0; j < D; j++) {
        vector[j] = place[j] + 0.3f * (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  private static List<VectorRow> rows(float[][] vectors) {
    Random random = new Random(SEED);
    return Stream.of(vectors)
        .map(vector -> new VectorRow(random.nextLong() >>> 1, Change.PUT, "i", "1@1", 4, 3, vector))
        .sorted(Comparator.comparingLong(VectorRow::key))
        .toList();
  }

  /** A store, and a training in it. */
  private final class Training implements AutoCloseable {
    private final JobContext context;
    private final Vectors vectors;
    private final int points;

    Training(String master, int perUnit, float[][] data) {
      this(folder.resolve("store" + stores++), master, perUnit, data);
    }

    Training(Path store, String master, int perUnit, float[][] data) {
      points = data.length;
      context =
          LocalSpark.context(store, Map.of("unit.images", Integer.toString(perUnit)), master, said);
      vectors = VectorTable.write(context.store(), "w", rows(data), perUnit);
    }

    Quantizer run(IndexSpec spec, Consumer<String> reached) {
      return run(spec, reached, TrainingSteps.Start.DRAWN);
    }

    private Quantizer run(IndexSpec spec, Consumer<String> reached, TrainingSteps.Start start) {
      Inputs inputs = Inputs.of(Inputs.SPEC, spec.toString());
      TrainingSteps steps = new TrainingSteps(spec, D, SEED, start);
      return new DistributedTraining(
              context, steps, SMALL, new TrainingCheckpoints(context, inputs, reached), line -> {})
          .train(vectors, points);
    }

    String hash(IndexSpec spec) {
      return hash(spec, name -> {});
    }

    String hash(IndexSpec spec, TrainingSteps.Start start) {
      return hash(run(spec, name -> {}, start));
    }

    String hash(IndexSpec spec, Consumer<String> reached) {
      return hash(run(spec, reached));
    }

    private String hash(Quantizer trained) {
      try (Quantizer quantizer = trained) {
        Path file = folder.resolve("quantizer");
        String hash = quantizer.write(file);
        Files.delete(file);
        return hash;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    float[] centroids() {
      return new TrainingCheckpoints(context, Inputs.of(Inputs.SPEC, SPEC.toString()), name -> {})
          .newest()
          .orElseThrow()
          .centroids();
    }

    @Override
    public void close() {
      context.close();
    }
  }

  private long passes() {
    return said.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(l -> l.startsWith("  pass "))
        .count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"IVF60,PQ4x4np", "IVF9,PQ2x4np", "OPQ2_6,IVF60_HNSW8,PQ2x4np"})
  void theBytesAreTheSameForAnyNumberOfCoresAndUnits(String text) {
    IndexSpec spec = IndexSpec.parse(text);
    float[][] data = clustered(N);
    List<String> hashes = new ArrayList<>();
    session.stop();
    for (int cores : new int[] {1, 3}) {
      try (Training training = new Training("local[" + cores + "]", 700 * cores, data)) {
        hashes.add(training.hash(spec));
      }
    }
    start();
    assertThat(hashes).as("seed %d", SEED).hasSize(2).containsOnly(hashes.get(0));
  }

  private static double objective(float[][] data, float[] centroids) {
    float[] all = new float[data.length * D];
    for (int i = 0; i < data.length; i++) {
      System.arraycopy(data[i], 0, all, i * D, D);
    }
    float[] distances = new float[data.length];
    NativeVectors.nearest(centroids, D, all, data.length, new int[data.length], distances);
    double sum = 0;
    for (float distance : distances) {
      sum += distance;
    }
    return sum / data.length;
  }

  @Test
  void theObjectiveIsThatOfLloydsIterations() {
    float[][] data = clustered(N);
    float[] all = new float[N * D];
    for (int i = 0; i < N; i++) {
      System.arraycopy(data[i], 0, all, i * D, D);
    }
    double lloyd =
        objective(
            data,
            NativeVectors.cluster(all, N, D, Lloyd.drawn(SPEC.lists(), 25, SEED), line -> {}));
    try (Training training = new Training("local[2]", 700, data)) {
      training.hash(SPEC);

      assertThat(objective(data, training.centroids()) / lloyd)
          .as("seed %d", SEED)
          .isLessThan(1.005);
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("training sample: 2,000 vectors in 4 blocks")
        .contains("60 centroids to begin with")
        .containsPattern("pass 2: mean squared distance [0-9.]+, imbalance 1[.]")
        .containsPattern("pass 3: mean squared distance [0-9.]+ \\(-[0-9.]+ %\\), imbalance 1[.]")
        .contains(" 0 empty lists");
  }

  /** Sines of a few numbers: a surface without clusters, on which plain iterations creep. */
  private static float[][] smooth(int n, long seed) {
    Random random = new Random(seed);
    double[][] bends = new double[D][5];
    for (double[] bend : bends) {
      Arrays.setAll(bend, j -> random.nextGaussian() / 2);
    }
    float[][] vectors = new float[n][D];
    for (float[] vector : vectors) {
      double[] hidden = random.doubles(5, -2, 2).toArray();
      for (int j = 0; j < D; j++) {
        double sum = j;
        for (int l = 0; l < hidden.length; l++) {
          sum += bends[j][l] * hidden[l];
        }
        vector[j] = (float) Math.sin(sum);
      }
    }
    return vectors;
  }

  @Test
  void withoutClustersNinePassesAreAsGoodAsTwentyOfFaiss() {
    for (int seed = 1; seed <= 3; seed++) {
      float[][] data = smooth(3000, seed);
      float[] all = new float[data.length * D];
      for (int i = 0; i < data.length; i++) {
        System.arraycopy(data[i], 0, all, i * D, D);
      }
      Lloyd plain = Lloyd.drawn(SPEC.lists(), 20, seed);
      double lloyd = objective(data, NativeVectors.cluster(all, data.length, D, plain, line -> {}));
      said.reset();
      try (Training training = new Training("local[2]", 700, data)) {
        training.hash(SPEC);
        assertThat(objective(data, training.centroids()) / lloyd)
            .as("seed %d", seed)
            .isLessThan(1.002);
        assertThat(passes()).as("seed %d", seed).isLessThanOrEqualTo(9);
      }
    }
  }

  /** Of the centroids that the first pass of the last training began with. */
  private double firstObjective() {
    return said.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("  pass 1: "))
        .map(line -> line.replaceAll(".*distance ([0-9.]+),.*", "$1"))
        .mapToDouble(Double::parseDouble)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  @Test
  void fromAQuantizerItBeginsNearTheEndAndComesToTheSameBytes() {
    float[][] data = clustered(N);
    float[][] changed = clustered(N + 200);
    TrainingSteps.Start start;
    try (Training before = new Training("local[2]", 700, data);
        Quantizer quantizer = before.run(SPEC, name -> {})) {
      start = TrainingSteps.Start.of(quantizer);
    }
    said.reset();
    double cold;
    long passes;
    double first;
    try (Training training = new Training("local[2]", 700, changed)) {
      training.hash(SPEC);
      cold = objective(changed, training.centroids());
      passes = passes();
      first = firstObjective();
    }
    List<String> hashes = new ArrayList<>();
    for (int perUnit : new int[] {700, 900}) {
      said.reset();
      try (Training training = new Training("local[2]", perUnit, changed)) {
        hashes.add(training.hash(SPEC, start));
        assertThat(passes()).isLessThanOrEqualTo(passes);
        assertThat(firstObjective()).isBetween(0.95 * cold, cold + (first - cold) / 2);
        assertThat(objective(changed, training.centroids()) / cold)
            .as("seed %d", SEED)
            .isLessThan(1.02);
      }
      assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("to begin with");
    }
    assertThat(hashes).containsOnly(hashes.get(0));
  }

  @ParameterizedTest
  @CsvSource({
    "training.before-artifact, 1",
    "training.creating-artifact, 3",
    "training.after-artifact, 3"
  })
  void aTrainingThatWasStoppedGoesOnWhereItWas(String point, int time) {
    float[][] data = clustered(N);
    if (undisturbed == null) {
      try (Training training = new Training("local[2]", 700, data)) {
        undisturbed = training.hash(SPEC);
      }
    }
    try (Training training = new Training("local[2]", 700, data)) {
      int[] left = {time};
      assertThatThrownBy(
              () ->
                  training.hash(
                      SPEC,
                      name -> {
                        if (name.equals(point) && --left[0] == 0) {
                          throw new IllegalStateException("stopped");
                        }
                      }))
          .hasMessage("stopped");
      said.reset();
      assertThat(training.hash(SPEC)).as("seed %d", SEED).isEqualTo(undisturbed);
      int recorded = point.endsWith("after-artifact") ? time - 1 : Math.max(0, time - 2);
      assertThat(said.toString(StandardCharsets.UTF_8))
          .contains(time == 1 ? "centroids to begin with" : "goes on after pass " + recorded)
          .contains("pass " + (recorded + 1) + ": ")
          .doesNotContain("pass " + recorded + ": ");
    }
  }

  @Test
  void aDamagedCheckpointIsMadeAgainFromTheOneBefore() throws IOException {
    Path store = folder.resolve("damaged");
    try (Training training = new Training(store, "local[2]", 700, clustered(N))) {
      String hash = training.hash(SPEC);
      long passes = passes();
      Path newest;
      try (Stream<Path> files = Files.walk(store.resolve("trainings"))) {
        newest =
            files
                .filter(file -> file.getFileName().toString().startsWith("state"))
                .max(Comparator.naturalOrder())
                .orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(newest);
      bytes[bytes.length / 2] ^= 1;
      Files.delete(newest);
      Files.write(newest, bytes);

      assertThat(training.hash(SPEC)).isEqualTo(hash);
      assertThat(passes()).isEqualTo(passes + 1);
      assertThat(said.toString(StandardCharsets.UTF_8))
          .contains("a checkpoint is lost, its passes are made again: ")
          .contains(newest.getFileName().toString());
    }
  }

  @Test
  void equalVectorsAreOneClusterAndNoFailure() {
    float[][] equal = new float[700][D];
    for (float[] vector : equal) {
      Arrays.fill(vector, 0.25f);
    }
    for (float[][] data : List.of(equal, new float[700][D])) {
      try (Training training = new Training("local[2]", 300, data)) {
        try (Quantizer quantizer = training.run(SPEC, name -> {})) {
          assertThat(quantizer.spec()).isEqualTo(SPEC);
          assertThat(objective(data, training.centroids())).isLessThan(1e-6);
        }
      }
    }
  }

  @Test
  void asManyVectorsAsCentroidsAreTheirCentroids() {
    float[][] data = clustered(SPEC.lists());
    try (Training training = new Training("local[2]", 300, data)) {
      training.hash(SPEC);
      assertThat(objective(data, training.centroids())).isZero();
    }
  }

  @Test
  void duplicatesLeaveNoDistinctVectorWithoutACentroid() {
    float[][] data = clustered(600);
    for (int i = 40; i < data.length; i++) {
      data[i] = data[i % 40];
    }
    try (Training training = new Training("local[2]", 300, data)) {
      training.hash(SPEC);
      assertThat(objective(data, training.centroids())).as("seed %d", SEED).isLessThan(1e-4);
    }
  }
}
