package dev.remap.index.quantizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.TestVectors;
import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizerTest {
  private static final long SEED = 20_260_101;
  private static final int D = 16;
  private static final TestVectors SAMPLE = TestVectors.clustered(1200, D, SEED);
  @TempDir private Path temporary;

  private static Quantizer train(String spec, TestVectors sample, long seed) {
    return Quantizer.train(
        IndexSpec.parse(spec),
        sample.dimension(),
        sample.values(),
        sample.size(),
        seed,
        line -> {});
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"IVF32,PQ4np", "IVF32,PQ8x5np", "IVF32_HNSW8,PQ4x6np", "OPQ4_8,IVF32,PQ4x6np"})
  void trainsTheSameBytesEachTimeAndReadsThemBack(String spec) {
    String first;
    try (Quantizer quantizer = train(spec, SAMPLE, 42)) {
      first = quantizer.write(temporary.resolve("a"));
      assertThat(quantizer.spec()).hasToString(spec);
      assertThat(quantizer.dimension()).isEqualTo(D);
    }
    try (Quantizer again = train(spec, SAMPLE, 42);
        Quantizer read = Quantizer.open(temporary.resolve("a"), first)) {
      assertThat(again.write(temporary.resolve("b"))).isEqualTo(first);
      assertThat(read.write(temporary.resolve("c"))).isEqualTo(first);
      assertThat(read.spec()).hasToString(spec);
      assertThat(read.dimension()).isEqualTo(D);
      assertThat(read.modelFingerprint()).isEqualTo(again.modelFingerprint());
    }
  }

  @Test
  void aGraphIsSearchedAsWidelyAsOneAsksAndThenFindsTheNearestLists() {
    TestVectors queries = TestVectors.clustered(200, D, 7);
    Path file = temporary.resolve("graph");
    String sha256;
    try (Quantizer quantizer =
        train("IVF300_HNSW4,PQ4x4np", TestVectors.clustered(9000, D, 3), 1)) {
      sha256 = quantizer.write(file);
    }
    List<Double> found = new ArrayList<>();
    for (int efSearch : new int[] {8, 32, 300}) {
      try (Quantizer read = Quantizer.open(file, sha256, efSearch)) {
        found.add(shareOfNearestLists(read, queries, 8));
      }
    }
    assertThat(found).isSorted();
    assertThat(found.get(0)).isLessThan(0.95);
    assertThat(found.get(2)).isGreaterThan(0.999);
  }

  /** Of the lists whose centroids are nearest by brute force, how many a search visits. */
  private static double shareOfNearestLists(Quantizer quantizer, TestVectors queries, int nprobe) {
    float[] centroids = quantizer.index().centroids();
    int lists = quantizer.spec().lists();
    int[] probed = quantizer.probe(queries.values(), queries.size(), nprobe);
    int hits = 0;
    for (int q = 0; q < queries.size(); q++) {
      double[] distances = new double[lists];
      for (int i = 0; i < lists * D; i++) {
        double difference = queries.values()[q * D + i % D] - centroids[i];
        distances[i / D] += difference * difference;
      }
      Set<Integer> nearest =
          IntStream.range(0, lists)
              .boxed()
              .sorted(Comparator.comparingDouble(list -> distances[list]))
              .limit(nprobe)
              .collect(Collectors.toSet());
      for (int p = 0; p < nprobe; p++) {
        hits += nearest.contains(probed[q * nprobe + p]) ? 1 : 0;
      }
    }
    return (double) hits / (queries.size() * nprobe);
  }

  @ParameterizedTest
  @CsvSource({"'IVF600,PQ4x4np', 8d2eac84999b5189", "'IVF20,PQ4x4np', 5e108bd6b6281f7d"})
  void trainsWhatFaissClusteringWouldWithoutPruningOrStoppingEarly(String spec, String expected) {
    // What faiss::Clustering made of all its iterations, with every score computed.
    TestVectors sample = TestVectors.clustered(9000, D, 20_260_101);
    try (Quantizer quantizer = train(spec, sample, 42)) {
      assertThat(quantizer.modelFingerprint()).isEqualTo(expected);
    }
  }

  @Test
  void stopsWhenNothingMoves() {
    TestVectors sample = TestVectors.clustered(40, D, SEED);
    List<String> lines = new ArrayList<>();
    IndexSpec spec = IndexSpec.parse("IVF4,PQ4x4np");
    Quantizer.train(spec, D, sample.values(), sample.size(), SEED, lines::add).close();

    assertThat(lines)
        .filteredOn(line -> line.startsWith("coarse quantizer"))
        .hasSizeLessThan(20)
        .hasSizeGreaterThan(1);
  }

  @Test
  void anotherSeedOrAnotherSampleIsAnotherQuantizer() {
    try (Quantizer a = train("IVF8,PQ4x4np", SAMPLE, 1);
        Quantizer b = train("IVF8,PQ4x4np", SAMPLE, 2);
        Quantizer c = train("IVF8,PQ4x4np", SAMPLE.slice(0, 1000), 1)) {
      assertThat(List.of(a.modelFingerprint(), b.modelFingerprint(), c.modelFingerprint()))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void theFingerprintCoversTransformCentroidsAndCodebook() throws Exception {
    Path file = temporary.resolve("q");
    String fingerprint;
    try (Quantizer quantizer = train("OPQ4_8,IVF8,PQ4x4np", SAMPLE, SEED)) {
      quantizer.write(file);
      fingerprint = quantizer.modelFingerprint();
    }
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, ISO_8859_1);
    // The lowest bit of the first number behind the headers of the transform and of the centroids,
    // and of the last number before the (empty) lists.
    int[] positions = {
      text.indexOf("LTra") + 13, text.indexOf("IxF2") + 45, text.indexOf("ilar") - 4
    };
    for (int position : positions) {
      byte[] changed = bytes.clone();
      changed[position] ^= 1;
      Path other = Files.write(temporary.resolve("q" + position), changed);

      try (Quantizer quantizer = Quantizer.open(other, FileHash.of(other))) {
        assertThat(quantizer.modelFingerprint()).as("byte %d", position).isNotEqualTo(fingerprint);
      }
    }
  }

  @Test
  void theSeedChoosesWhereClusteringStarts() {
    IndexSpec spec = IndexSpec.parse("IVF8,PQ4x4np");
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    Quantizer.train(spec, D, SAMPLE.values(), SAMPLE.size(), 1, first::add).close();
    Quantizer.train(spec, D, SAMPLE.values(), SAMPLE.size(), 2, second::add).close();

    assertThat(first.get(0)).startsWith("coarse quantizer: iteration 1");
    assertThat(second.get(0)).isNotEqualTo(first.get(0));
  }

  @Test
  void reportsProgressWithAFallingDistance() {
    List<String> lines = new ArrayList<>();
    IndexSpec spec = IndexSpec.parse("IVF16,PQ4x4np");
    Quantizer.train(spec, D, SAMPLE.values(), SAMPLE.size(), SEED, lines::add).close();

    List<Double> distances =
        lines.stream()
            .filter(line -> line.startsWith("coarse quantizer"))
            .map(line -> Double.valueOf(line.replaceAll(".*distance ", "")))
            .toList();
    // It may stop before the twentieth.
    assertThat(distances).hasSizeBetween(5, 20);
    assertThat(distances.get(distances.size() - 1)).isLessThan(0.9 * distances.get(0));
    assertThat(lines).last().isEqualTo("product quantizer: 4 of 4 sub-quantizers");
  }

  @Test
  void endsWithWhatTheProgressListenerThrows() {
    IndexSpec spec = IndexSpec.parse("IVF16,PQ4x4np");

    assertThatThrownBy(
            () ->
                Quantizer.train(
                    spec,
                    D,
                    SAMPLE.values(),
                    SAMPLE.size(),
                    SEED,
                    line -> {
                      throw new IllegalMonitorStateException("cancelled at " + line);
                    }))
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("iteration 1 of 20");
  }

  @Test
  void saysThatTheSampleIsSmall() {
    List<String> lines = new ArrayList<>();
    IndexSpec spec = IndexSpec.parse("IVF64,PQ4x4np");
    Quantizer.train(spec, D, SAMPLE.values(), SAMPLE.size(), SEED, lines::add).close();

    assertThat(lines).first().asString().contains("1200 training vectors for 64 lists");
  }

  @Test
  void trainsManyListsInTwoLevels() {
    // 16384 lists are where clustering goes over to two levels.
    int lists = 16384;
    TestVectors sample = TestVectors.clustered(20_000, 4, SEED);
    List<String> lines = new ArrayList<>();
    IndexSpec spec = IndexSpec.parse("IVF" + lists + ",PQ2x4np");

    try (Quantizer quantizer =
            Quantizer.train(spec, 4, sample.values(), sample.size(), SEED, lines::add);
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(sample.keys(), sample.values(), sample.size());
      ShardFile file = builder.write(temporary.resolve("shard"));

      assertThat(lines).anyMatch(line -> line.contains("first level: 128 clusters of 20000"));
      try (var shard = Shard.open(file)) {
        assertThat(shard.listStatistics().lists()).isEqualTo(lists);
        // Nearly one vector a list: a clustering that left lists unused would show here.
        assertThat(shard.listStatistics().empty()).isLessThan(lists / 50);
        assertThat(shard.listStatistics().largest()).isLessThan(40);
      }
    }
  }

  @Test
  void trainsFromAsManyVectorsAsItNeeds() {
    try (Quantizer quantizer = train("IVF4,PQ4x4np", SAMPLE.slice(0, 16), SEED)) {
      assertThat(quantizer.spec().lists()).isEqualTo(4);
    }
    assertThatThrownBy(() -> train("IVF4,PQ4x4np", SAMPLE.slice(0, 15), SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs at least 16 training vectors, got 15");
    assertThatThrownBy(() -> train("IVF4,PQ4np", SAMPLE.slice(0, 255), SEED))
        .hasMessageContaining("at least 256");
  }

  @Test
  void trainsOnVectorsThatAreAllEqual() {
    float[] same = new float[100 * D];
    Arrays.fill(same, 0.25f);
    IndexSpec spec = IndexSpec.parse("IVF4,PQ4x4np");

    try (Quantizer quantizer = Quantizer.train(spec, D, same, 100, SEED, line -> {});
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(new long[] {1}, Arrays.copyOf(same, D), 1);
      assertThat(builder.size()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 2e9f})
  void refusesComponentsThatAreNoNumbers(float bad) {
    TestVectors sample = TestVectors.clustered(300, D, SEED);
    sample.values()[17 * D + 3] = bad;

    assertThatThrownBy(() -> train("IVF4,PQ4np", sample, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("training vector 17 has component 3");
  }

  @Test
  void refusesAnArrayOfAnotherLength() {
    IndexSpec spec = IndexSpec.parse("IVF4,PQ4np");

    assertThatThrownBy(
            () -> Quantizer.train(spec, D, SAMPLE.values(), SAMPLE.size() + 1, SEED, line -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the array has 19200");
    assertThatThrownBy(
            () -> Quantizer.train(spec, D + 1, SAMPLE.values(), SAMPLE.size(), SEED, line -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesUseAfterClose() {
    Quantizer quantizer = train("IVF4,PQ4x4np", SAMPLE, SEED);
    quantizer.close();
    quantizer.close();

    assertThatThrownBy(() -> quantizer.write(temporary.resolve("q")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(quantizer::modelFingerprint).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new ShardBuilder(quantizer)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesAFileThatIsNotTheOneExpected() throws Exception {
    Path file = temporary.resolve("q");
    String sha256;
    try (Quantizer quantizer = train("IVF4,PQ4x4np", SAMPLE, SEED)) {
      sha256 = quantizer.write(file);
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x40;
    Files.write(file, bytes);

    assertThatThrownBy(() -> Quantizer.open(file, sha256))
        .isInstanceOf(FaissException.class)
        .hasMessageContaining(sha256)
        .hasMessageContaining(FileHash.of(file));
  }

  @Test
  void refusesAShardWhereAQuantizerIsExpected() {
    try (Quantizer quantizer = train("IVF4,PQ4x4np", SAMPLE, SEED);
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(SAMPLE.keys(), SAMPLE.values(), SAMPLE.size());
      ShardFile shard = builder.write(temporary.resolve("shard"));

      assertThatThrownBy(() -> Quantizer.open(shard.path(), shard.sha256()))
          .isInstanceOf(FaissException.class)
          .hasMessageContaining("1200 entries");
    }
  }

  @Test
  void writesNoFileOverAnother() throws Exception {
    Path file = Files.writeString(temporary.resolve("q"), "mine");
    try (Quantizer quantizer = train("IVF4,PQ4x4np", SAMPLE, SEED)) {
      assertThatThrownBy(() -> quantizer.write(file))
          .isInstanceOf(FaissException.class)
          .hasMessageContaining("File exists");
      assertThat(file).hasContent("mine");
      assertThatThrownBy(() -> quantizer.write(temporary.resolve("no/such/folder")))
          .isInstanceOf(FaissException.class)
          .hasMessageContaining("No such file or directory");
    }
  }
}
