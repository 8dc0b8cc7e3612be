package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.row.VectorRow;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What an index is tuned by, against brute force and what other commands find. */
@TestInstance(Lifecycle.PER_CLASS)
class TuneQueriesTest {
  private static final int IMAGES = 300;
  private static final int QUERIES = 120;
  private static final int DIMENSION = 8;
  private static final int K = 5;

  private Path folder;
  private Path queries;
  private Path groups;

  /** Of vectors that were given. */
  private Remap vectors;

  /** Of pictures. */
  private Remap pictures;

  @BeforeAll
  void indexes(@TempDir Path temporary) throws IOException {
    LocalSpark.use("local[2]");
    folder = temporary;
    Path catalogue = Files.createDirectories(folder.resolve("vectors"));
    write(catalogue.resolve("a.fbin"), IMAGES, 0);
    queries = folder.resolve("queries.fbin");
    write(queries, QUERIES, 2);
    vectors =
        new Remap(folder.resolve("store"))
            .set("catalogue.format", "embeddings")
            .set("embeddings.dimension", DIMENSION)
            .set("whitening.method", "none")
            .set("quantizer.spec", "IVF8,PQ4x4np")
            .set("index.shards", 2)
            .set("publish.min-self-retrieval", 0)
            .set("catalogue.uri", catalogue);
    vectors.succeed("reindex");
    List<String> labels = new ArrayList<>(List.of("image_id,group"));
    for (VectorRow image : stored()) {
      int row = Integer.parseInt(image.imageId().replaceAll("\\D", ""));
      // Four to a group; the last are alone.
      labels.add(image.imageId() + "," + (row < 100 ? "g" + row / 4 : "alone" + row));
    }
    groups = Files.write(folder.resolve("groups.csv"), labels);

    Pictures.folders(folder.resolve("pictures"), 2, 20, 43);
    pictures =
        DrillStore.settings(new Remap(folder.resolve("pictured")), folder.resolve("backbone"))
            .set("quantizer.spec", "IVF4,PQ4x4np");
    pictures.succeed("reindex", "--catalogue", folder.resolve("pictures").toString());
  }

  /** Vectors around a point that lies so far from the origin. */
  private static void write(Path file, int rows, double far) throws IOException {
    Random random = new Random(rows);
    ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * rows * DIMENSION);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(rows).putInt(DIMENSION);
    for (int i = 0; i < rows * DIMENSION; i++) {
      bytes.putFloat((float) (random.nextGaussian() + far));
    }
    Files.write(file, bytes.array());
  }

  private static float[][] read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[][] rows = new float[bytes.getInt()][bytes.getInt()];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = bytes.getFloat();
      }
    }
    return rows;
  }

  private List<VectorRow> stored() {
    Store store = Store.open(vectors.store().toUri().toString(), new Configuration());
    var all = Generation.of(store, "default", 1).vectors();
    List<VectorRow> rows = new ArrayList<>();
    try (TableReader<VectorRow> reader =
        all.chain(store).table(store, all.format()).read(KeyRange.ALL, Verification.FULL)) {
      reader.forEachRemaining(rows::add);
    }
    return rows;
  }

  /** By brute force: keys of the stored vectors with the largest cosine. */
  private static Set<Long> nearest(float[] query, List<VectorRow> all) {
    return new HashSet<>(
        all.stream()
            .sorted(Comparator.comparingDouble(row -> -cosine(query, row.vector())))
            .limit(K)
            .map(VectorRow::key)
            .toList());
  }

  private static double cosine(float[] one, float[] other) {
    double product = 0;
    double norms = 0;
    double others = 0;
    for (int i = 0; i < one.length; i++) {
      product += (double) one[i] * other[i];
      norms += (double) one[i] * one[i];
      others += (double) other[i] * other[i];
    }
    return product / Math.sqrt(norms * others);
  }

  private static JsonNode tuned(Remap remap, String... options) throws IOException {
    return tuned(remap, K, options);
  }

  private static JsonNode tuned(Remap remap, int k, String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("-k", Integer.toString(k), "--json"));
    words.addAll(List.of(options));
    Remap.Ran ran = remap.run("tune", words.toArray(String[]::new));
    assertThat(ran.status()).as(ran.err()).isZero();
    return new ObjectMapper().readTree(ran.out()).path("tables").get(0);
  }

  @Test
  void givenVectorsAreAskedAsSearchAsksThemAndLoseNothing() throws IOException {
    float[][] asked = read(queries);
    List<VectorRow> all = stored();
    JsonNode table = tuned(vectors, "--vectors", queries.toString());

    for (int nprobe : new int[] {1, 4}) {
      String said =
          vectors
              .run(
                  "search",
                  "--vectors",
                  queries.toString(),
                  "-k",
                  "5",
                  "--json",
                  "--nprobe",
                  Integer.toString(nprobe))
              .out();
      int answers = 0;
      double hits = 0;
      for (String line : said.lines().toList()) {
        JsonNode answer = new ObjectMapper().readTree(line);
        int row = Integer.parseInt(answer.path("query").asText().replaceAll("\\D", ""));
        Set<Long> truth = nearest(asked[row], all);
        for (JsonNode hit : answer.path("hits")) {
          hits += truth.contains(hit.path("key").asLong()) ? 1 : 0;
        }
        answers++;
      }
      assertThat(answers).isEqualTo(QUERIES);
      assertThat(recall(table, nprobe)).isCloseTo(hits / QUERIES / K, within(0.00051));
    }
    assertThat(recall(table, 1)).isLessThan(recall(table, 8));
  }

  private static double recall(JsonNode table, int nprobe) {
    for (JsonNode line : table) {
      if (line.path("nprobe").asInt() == nprobe) {
        return line.path("recall@" + K).asDouble();
      }
    }
    throw new AssertionError("no line of nprobe " + nprobe + ": " + table);
  }

  /** Otherwise it would find itself first, and nothing would be lost. */
  @Test
  void vectorsOfTheIndexItselfFindThemselvesWhenTheyAreGivenAndNotWhenTheyAreSampled()
      throws IOException {
    Path same = folder.resolve("vectors/a.fbin");
    JsonNode given = tuned(vectors, "--vectors", same.toString());
    JsonNode sampled = tuned(vectors);

    assertThat(recall(given, 1)).isGreaterThan(recall(sampled, 1) + 0.05);
    String said = vectors.succeed("tune", "--vectors", same.toString(), "--queries", "150").out();
    assertThat(said)
        .contains("150 of 300 vectors of " + same + " ask for their 10 nearest among 300 images")
        .doesNotContain("themselves left out");
  }

  @Test
  void imagesOfGroupsThatHaveAnotherAreAskedWithoutThemselves() throws IOException {
    vectors.succeed("knn", "-k", "5", "--nprobe", "2", "--depth", "5");
    Tables tables = new Tables(vectors.store());
    Map<Long, Set<Long>> found = new HashMap<>();
    for (NeighborRow row :
        tables.rows(
            tables.ledger("graphs/default-k5-nprobe2-depth5/00000001"),
            "neighbors",
            RowFormat.neighbors())) {
      Set<Long> keys = new HashSet<>();
      row.neighbors().forEach(neighbor -> keys.add(neighbor.key()));
      found.put(row.key(), keys);
    }
    List<VectorRow> all = stored();
    double hits = 0;
    for (VectorRow image : all) {
      if (Integer.parseInt(image.imageId().replaceAll("\\D", "")) < 100) {
        List<VectorRow> others = all.stream().filter(row -> row.key() != image.key()).toList();
        Set<Long> truth = nearest(image.vector(), others);
        hits += found.get(image.key()).stream().filter(truth::contains).count();
      }
    }

    assertThat(recall(tuned(vectors, "--groups", groups.toString()), 2))
        .isCloseTo(hits / 100 / K, within(0.00051));
    assertThat(vectors.succeed("tune", "--groups", groups.toString(), "--queries", "60").out())
        .contains("60 of 100 images in 25 groups ask for their 10 nearest, themselves left out");
  }

  /** Both count of the same copies what the index has of exact search's ten. */
  @Test
  void copiesAreThoseOfTheEvaluation() throws IOException {
    String said = pictures.succeed("evaluate", "--copies", "12", "--nprobe", "1").out();
    Matcher share = Pattern.compile("exact search: ([\\d.]+) % of its 10").matcher(said);
    assertThat(share.find()).as(said).isTrue();
    double expected = Double.parseDouble(share.group(1)) / 100;

    JsonNode table = tuned(pictures, 10, "--copies", "12");

    assertThat(expected).isBetween(0.05, 0.98);
    assertThat(table.get(0).path("nprobe").asInt()).isEqualTo(1);
    assertThat(table.get(0).path("recall@10").asDouble()).isCloseTo(expected, within(0.001));
    assertThat(pictures.succeed("tune", "--copies", "12").out())
        .contains("96 copies of 12 images ask for their 10 nearest among 40 images");
  }

  @Test
  void whatIsKeptAndDrawnSaysWhatItWasMeasuredWith() throws IOException {
    Path drawing = folder.resolve("curves.svg");
    String[] options = {"tune", "--recall", "0.1", "--keep", "--svg", drawing.toString()};
    String asked = queries.toString();

    String said = vectors.succeed("tune", with(options, "--vectors", asked)).out();

    assertThat(said).containsPattern("kept: .*; measured by given vectors");
    assertThat(Files.readString(drawing))
        .contains("recall@10 of generation 1 of default, asked by given vectors");
    assertThat(vectors.succeed("status").out()).contains(" (tune by vectors@");
    assertThat(vectors.run("status", "--json").out()).contains("\"queries\" : \"vectors@10\"");
    assertThat(vectors.succeed("search", "--vectors", asked).out())
        .contains("the point that tune --keep has left, by vectors@10");
  }

  @Test
  void whatFewQueriesSayIsNotKept() {
    String[] options = {"tune", "--recall", "0.1", "--keep", "--queries", "60"};

    vectors
        .run("tune", with(options, "--vectors", queries.toString()))
        .assertRefused(2, "60 queries say too little", "ask with 100 or more");
    assertThat(vectors.succeed("tune", "--queries", "60", "--vectors", queries.toString()).out())
        .contains("60 queries are few");
  }

  private static String[] with(String[] command, String... more) {
    List<String> words = new ArrayList<>(List.of(command).subList(1, command.length));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  @Test
  void codesAreTriedWithTheSameQueries() throws IOException {
    String said =
        vectors
            .succeed("tune", "--vectors", queries.toString(), "--codes", "PQ8x4,PQ2x4", "-k", "5")
            .out();

    assertThat(said)
        .contains("trained on 300 vectors of the index, among which 120 of the queries search");
  }

  @Test
  void imagesThatCannotBeDescribedDoNotCount() throws IOException {
    Path some = folder.resolve("some");
    Pictures.folders(some, 1, 6, 5);
    Path given = some.resolve("g00");
    Files.writeString(given.resolve("text.jpg"), "no image");

    assertThat(pictures.succeed("tune", "--image", given.toString()).out())
        .contains("7 of 7 images of " + given + " ask", "1 of them could not be described");
    pictures
        .run("tune", "--image", given.resolve("text.jpg").toString())
        .assertRefused(2, "No query could be described, of 1; the first: not a JPEG");
  }

  @Test
  void whatTheIndexHasNoQueriesForIsRefusedInASentence() {
    String asked = queries.toString();
    vectors
        .run("tune", "--copies", "5")
        .assertRefused(2, "there are no images to distort; give --groups rather than --copies");
    vectors.run("tune", "--image", asked).assertRefused(2, "give --vectors rather than --image");
    pictures.run("tune", "--vectors", asked).assertRefused(2, "give --image rather than --vectors");
    pictures.run("tune", "--copies", "0").assertRefused(2, "--copies is 0: give a number");
    pictures.run("tune", "--copies", "12501").assertRefused(2, "from 1 to 12,500");
    pictures
        .run("tune", "--copies", "5", "--queries", "5")
        .assertRefused(2, "both say how many are queries");
    pictures.run("tune", "--copies", "5", "--groups", ".").assertRefused(2, "mutually exclusive");
    vectors.run("tune", "--groups", "none").assertRefused(2, "--groups none gives no group");
    vectors.run("tune", "--vectors", "/not/there.fbin").assertRefused(2, "/not/there.fbin");
  }
}
