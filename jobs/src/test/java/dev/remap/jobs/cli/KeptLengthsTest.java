package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.row.DuplicateRow;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Vectors of lengths from 0.1 to 100 that are compared by L2, against brute force on their files.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeptLengthsTest {
  private static final int DIMENSION = 8;
  private static final int VECTORS = 160;
  private static final int COPIES = 6;
  private static final int K = 5;
  private static final String GRAPH = "default-k5-nprobe4-depth500";

  private Path folder;
  private Path catalogue;
  private Remap remap;
  private final Map<String, float[]> given = new LinkedHashMap<>();

  @BeforeAll
  void twoNights(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = Files.createDirectories(folder.resolve("catalogue"));
    remap = settings(folder.resolve("store")).set("embeddings.metric", "l2");
    Random random = new Random(16);
    for (int i = 0; i < VECTORS; i++) {
      given.put(String.format(Locale.ROOT, "v%03d", i), vector(random));
    }
    given.put("zero", new float[DIMENSION]);
    write(catalogue.resolve("a.fvecs"), given);
    night(remap);
    for (int i = 0; i < 2 * COPIES; i++) {
      String original = String.format(Locale.ROOT, "v%03d", i);
      float[] copy = given.get(original).clone();
      copy[0] += i < COPIES ? 0 : 0.003f;
      given.put(original + "-copy", copy);
    }
    write(catalogue.resolve("a.fvecs"), given);
    night(remap);
  }

  private void night(Remap store) {
    store.succeed("reindex", "--catalogue", catalogue.toString());
  }

  private static Remap settings(Path store) {
    return new Remap(store)
        .set("catalogue.format", "embeddings")
        .set("embeddings.dimension", DIMENSION)
        .set("whitening.method", "none")
        .set("quantizer.spec", "IVF4,PQ4x4np")
        .set("unit.images", 80)
        .set("index.shards", 2)
        .set("publish.copies", 0)
        .set("publish.min-self-retrieval", 0);
  }

  private static float[] vector(Random random) {
    double length = Math.pow(10, 3 * random.nextDouble() - 1);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) (length * random.nextGaussian() / Math.sqrt(DIMENSION));
    }
    return vector;
  }

  private static void write(Path file, Map<String, float[]> rows) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.size() * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows.values()) {
      bytes.putInt(DIMENSION);
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    Files.write(file, bytes.array());
    Files.write(file.resolveSibling(file.getFileName() + ".ids"), rows.keySet());
  }

  /** In double precision, by the definition. */
  private static double distance(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < DIMENSION; i++) {
      sum += Math.pow((double) one[i] - other[i], 2);
    }
    return Math.sqrt(sum);
  }

  private static double minusCosine(float[] one, float[] other) {
    double dot = 0;
    for (int i = 0; i < DIMENSION; i++) {
      dot += (double) one[i] * other[i];
    }
    return -dot / distance(one, new float[DIMENSION]) / distance(other, new float[DIMENSION]);
  }

  private List<String> nearest(ToDoubleFunction<float[]> far) {
    return given.entrySet().stream()
        .sorted(Comparator.comparingDouble(row -> far.applyAsDouble(row.getValue())))
        .limit(K)
        .map(Map.Entry::getKey)
        .toList();
  }

  private Generation generation() {
    return Generation.of(store(), "default", 2);
  }

  private Store store() {
    return Store.open(remap.store().toUri().toString(), new Configuration());
  }

  @Test
  void whatIsIndexedIsWhatWasGiven() {
    Map<String, float[]> stored = new TreeMap<>();
    var vectors = generation().vectors();
    try (var rows =
        vectors
            .chain(store())
            .table(store(), vectors.format())
            .read(KeyRange.ALL, Verification.FULL)) {
      rows.forEachRemaining(row -> stored.put(row.imageId(), row.vector()));
    }
    assertThat(stored.keySet()).containsExactlyInAnyOrderElementsOf(given.keySet());
    assertThat(stored)
        .allSatisfy((id, vector) -> assertThat(vector).as(id).containsExactly(given.get(id)));
  }

  @Test
  void aSearchThatRanksAllFindsTheNearestByL2AndNotByCosine() throws IOException {
    Map<String, float[]> queries = new LinkedHashMap<>();
    Random random = new Random(17);
    for (int i = 0; i < 20; i++) {
      queries.put("q" + i, vector(random));
    }
    Path asked = Files.createDirectories(folder.resolve("asked")).resolve("q.fvecs");
    write(asked, queries);

    Remap.Ran ran =
        remap.succeed(
            "search",
            "--vectors",
            asked.getParent().toString(),
            "-k",
            "5",
            "--nprobe",
            "4",
            "--exact",
            "500",
            "--json");

    List<String> lines = ran.out().lines().toList();
    assertThat(lines).hasSameSizeAs(queries.keySet());
    int unlike = 0;
    for (String line : lines) {
      JsonNode answer = new ObjectMapper().readTree(line);
      float[] query = queries.get(answer.path("query").asText());
      List<String> ids = new ArrayList<>();
      for (JsonNode hit : answer.path("hits")) {
        String id = hit.path("image_id").asText();
        ids.add(id);
        double exact = distance(query, given.get(id));
        assertThat(Math.abs(hit.path("distance").asDouble() / exact - 1)).isLessThan(1e-6);
      }
      // Of equal vectors either may come first.
      assertThat(ids.stream().map(id -> distance(query, given.get(id))))
          .containsExactlyElementsOf(
              nearest(vector -> distance(query, vector)).stream()
                  .map(id -> distance(query, given.get(id)))
                  .toList());
      unlike += ids.equals(nearest(vector -> minusCosine(query, vector))) ? 0 : 1;
    }
    assertThat(unlike).isGreaterThan(10);
  }

  @Test
  void graphAndNearCopiesAreThoseOfTheDistances() {
    remap.succeed("knn", "-k", "5", "--nprobe", "4", "--depth", "500");
    Tables tables = new Tables(remap.store());
    List<NeighborRow> graph =
        tables.rows(
            tables.ledger("graphs/" + GRAPH + "/00000002"), "neighbors", RowFormat.neighbors());
    assertThat(graph).hasSameSizeAs(given.keySet());
    for (NeighborRow row : graph) {
      float[] image = given.get(row.imageId());
      List<Double> exact =
          given.keySet().stream()
              .filter(id -> !id.equals(row.imageId()))
              .map(id -> distance(image, given.get(id)))
              .sorted()
              .limit(K)
              .toList();
      for (int i = 0; i < K; i++) {
        NeighborRow.Neighbor found = row.neighbors().get(i);
        assertThat(-(double) found.score())
            .as(row.imageId())
            .isCloseTo(exact.get(i), Percentage.withPercentage(1e-4));
      }
    }

    assertThat(remap.succeed("dedup", "--distance", "0.01").out())
        .contains("near copies have a distance of 0.01 or less")
        .contains("12 duplicates", "6 of the duplicates have exactly the vector");
    List<DuplicateRow> near = groups("distance0.01");
    assertThat(near).hasSize(4 * COPIES);
    assertThat(near)
        .filteredOn(row -> !row.isKept())
        .allSatisfy(row -> assertThat(row.score()).isBetween(-0.0031f, 0f));
    assertThat(remap.succeed("dedup").out()).contains("a distance of 0 or less", "6 duplicates");
    remap
        .run("dedup", "--threshold", "0.9")
        .assertRefused(2, "dedup.threshold has no effect here", "compared by L2", "--distance");
    remap.run("dedup", "--distance", "1e6").assertRefused(2, "lower dedup.distance");
    assertThat(
            remap
                .succeed(
                    "build",
                    "--unique",
                    "--duplicates",
                    table("distance0.01"),
                    "--name",
                    "u",
                    "--new-index")
                .out())
        .contains("12 duplicates left out");
  }

  private static String table(String threshold) {
    return GRAPH + "-" + threshold + "-most-pixels";
  }

  private List<DuplicateRow> groups(String threshold) {
    Tables tables = new Tables(remap.store());
    return tables.rows(
        tables.ledger("duplicates/" + table(threshold) + "/00000002"),
        "duplicates",
        RowFormat.duplicates());
  }

  @Test
  void whatGoesByDirectionsIsRefused() {
    remap
        .run("search", "--vectors", catalogue.toString(), "--rerank", "aqe:k=3")
        .assertRefused(2, "aqe:k=3 goes by inner products", "embeddings.metric is l2");
    settings(folder.resolve("whitened"))
        .set("embeddings.metric", "l2")
        .set("whitening.method", "pca")
        .run("reindex", "--catalogue", catalogue.toString())
        .assertRefused(2, "whitening.method is pca", "--set whitening.method=none");
    assertThat(folder.resolve("whitened/snapshots")).doesNotExist();
    remap.run("whiten", "--groups", ".").assertRefused(2, "leave out --import, --groups");
    settings(remap.store())
        .set("embeddings.metric", "cosine")
        .run("reindex", "--catalogue", catalogue.toString())
        .assertRefused(2, "the live generation 2", "differs in embeddings.metric");
    settings(remap.store())
        .set("embeddings.metric", "l2")
        .set("embeddings.dimension", 7)
        .run("reindex", "--catalogue", catalogue.toString())
        .assertRefused(2, "differs in embeddings.model or embeddings.dimension: give");
  }

  /** Another catalogue of the store may be compared otherwise: nothing of one serves the other. */
  @Test
  void bothMetricsMayBeInOneStore() throws IOException {
    Path copy = folder.resolve("both");
    FiveNights.tree(remap.store(), copy);
    Remap both = settings(copy).set("embeddings.metric", "cosine");
    both.succeed("reindex", "--catalogue", catalogue.toString(), "--name", "unit", "--new-index");

    List<String> whitenings = FiveNights.list(both, "whitenings");
    assertThat(whitenings).hasSize(2);
    String other =
        whitenings.stream()
            .filter(id -> !id.equals(generation().vectors().whitening()))
            .findFirst()
            .orElseThrow();
    settings(copy)
        .set("embeddings.metric", "l2")
        .run("whiten", "--whitening", other)
        .assertRefused(2, "is for embeddings.metric cosine", "are for l2");

    // Nor does what changes nothing of one model serve another one of the same dimension.
    Map<String, float[]> others = new LinkedHashMap<>(given);
    others.put("v000", new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    Path second = Files.createDirectories(folder.resolve("second"));
    write(second.resolve("a.fvecs"), others);
    both.set("embeddings.model", "another")
        .succeed("reindex", "--catalogue", second.toString(), "--name", "third", "--new-index");
    assertThat(FiveNights.list(both, "whitenings")).hasSize(3);

    // What was fitted last is nothing to a night of the index whose vectors keep their lengths.
    both.set("whitening.method", "pca")
        .set("embeddings.model", "third")
        .succeed("reindex", "--catalogue", second.toString(), "--name", "pca", "--new-index");
    assertThat(new Remap(copy).succeed("reindex", "--catalogue", catalogue.toString()).out())
        .contains("live: generation 3 of 'default'");
  }
}
