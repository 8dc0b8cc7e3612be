package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.DuplicateRow;
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
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nearest images and near copies, against brute force on the stored vectors. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NeighboursTest {
  private static final int DIMENSION = 8;
  private static final int IMAGES = 150;

  /** So many of them have an equal copy, and so many more one that is nearly so. */
  private static final int EACH = 10;

  private static final int GONE = 20;
  private static final int K = 5;
  private static final String GRAPH = "default-k5-nprobe4-depth500";
  private static final String GROUPS = GRAPH + "-score0.999-most-pixels";
  private static final String[] KNN = {"-k", "5", "--nprobe", "4", "--depth", "500"};

  private Path folder;
  private Path catalogue;
  private Remap remap;

  /** Two generations of three shards: in the second, some images are gone. */
  @BeforeAll
  void generations(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = Files.createDirectories(folder.resolve("catalogue"));
    remap = settings(folder.resolve("store"));
    list(IMAGES);
    build();
    list(IMAGES - GONE);
    build("--quantizer", FiveNights.list(remap, "quantizers").get(0));
    remap.succeed("knn", KNN);
    remap.succeed("dedup", "--threshold", "0.999");
  }

  private static Remap settings(Path store) {
    return new Remap(store)
        .set("catalogue.format", "embeddings")
        .set("embeddings.dimension", DIMENSION)
        .set("whitening.method", "none")
        .set("quantizer.spec", "IVF4,PQ4x4np")
        .set("unit.images", 80)
        .set("index.shards", 3)
        .set("publish.copies", 0)
        .set("publish.min-self-retrieval", 0);
  }

  private void build(String... quantizer) {
    remap.succeed("snapshot", "--catalogue", catalogue.toString());
    remap.succeed("extract");
    remap.succeed("whiten");
    if (quantizer.length == 0) {
      remap.succeed("quantize");
    }
    remap.succeed("build", quantizer);
  }

  /** Images, the copies among them last. */
  private void list(int images) throws IOException {
    Random random = new Random(16);
    List<float[]> vectors = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      vectors.add(gaussian(random));
      ids.add(name(i));
    }
    vectors.subList(images, IMAGES).clear();
    ids.subList(images, IMAGES).clear();
    for (int i = 0; i < 2 * EACH; i++) {
      float[] copy = vectors.get(i).clone();
      if (i >= EACH) {
        copy[0] += 0.01f;
      }
      vectors.add(copy);
      ids.add(name(i) + "-copy");
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(vectors.size() * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] vector : vectors) {
      bytes.putInt(DIMENSION);
      for (float value : vector) {
        bytes.putFloat(value);
      }
    }
    Files.write(catalogue.resolve("a.fvecs"), bytes.array());
    Files.write(catalogue.resolve("a.fvecs.ids"), ids);
  }

  private static String name(int i) {
    return String.format(Locale.ROOT, "p%03d", i);
  }

  private static float[] gaussian(Random random) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private Remap copy() {
    Path copy = folder.resolve(UUID.randomUUID().toString());
    FiveNights.tree(remap.store(), copy);
    return settings(copy);
  }

  private static Store store(Remap remap) {
    return Store.open(remap.store().toUri().toString(), new Configuration());
  }

  private static List<VectorRow> vectors(Remap remap, int generation) {
    Store store = store(remap);
    var vectors = Generation.of(store, "default", generation).vectors();
    List<VectorRow> rows = new ArrayList<>();
    try (TableReader<VectorRow> reader =
        vectors.chain(store).table(store, vectors.format()).read(KeyRange.ALL, Verification.FULL)) {
      reader.forEachRemaining(rows::add);
    }
    return rows;
  }

  private static List<NeighborRow> graph(Remap remap, String id, int generation) {
    Tables tables = new Tables(remap.store());
    String layer = String.format(Locale.ROOT, "graphs/%s/%08d", id, generation);
    return tables.rows(tables.ledger(layer), "neighbors", RowFormat.neighbors());
  }

  private static List<DuplicateRow> groups(Remap remap, String id, int generation) {
    Tables tables = new Tables(remap.store());
    String layer = String.format(Locale.ROOT, "duplicates/%s/%08d", id, generation);
    return tables.rows(tables.ledger(layer), "duplicates", RowFormat.duplicates());
  }

  /** By brute force: key and score of the others of an image, best first. */
  private static List<NeighborRow.Neighbor> others(VectorRow image, List<VectorRow> all) {
    return all.stream()
        .filter(other -> other.key() != image.key())
        .map(other -> new NeighborRow.Neighbor(other.key(), other.imageId(), score(image, other)))
        .sorted(
            Comparator.comparingDouble((NeighborRow.Neighbor found) -> -found.score())
                .thenComparingLong(NeighborRow.Neighbor::key))
        .toList();
  }

  private static float score(VectorRow one, VectorRow other) {
    double sum = 0;
    for (int i = 0; i < DIMENSION; i++) {
      sum += Math.pow((double) one.vector()[i] - other.vector()[i], 2);
    }
    return 1 - (float) sum / 2;
  }

  @Test
  void everyImageOfAGenerationHasTheNearestOfItsOthers() {
    List<VectorRow> all = vectors(remap, 2);
    List<NeighborRow> rows = graph(remap, GRAPH, 2);

    assertThat(all).hasSize(IMAGES - GONE + 2 * EACH);
    assertThat(rows).hasSameSizeAs(all);
    for (int i = 0; i < all.size(); i++) {
      assertThat(rows.get(i).imageId()).isEqualTo(all.get(i).imageId());
      assertThat(rows.get(i).neighbors()).isEqualTo(others(all.get(i), all).subList(0, K));
    }
  }

  @Test
  void aGraphOfAnEarlierGenerationHasTheImagesThatAreGoneSince() {
    Remap one = copy();
    one.succeed("knn", with(KNN, "--generation", "1"));

    List<VectorRow> all = vectors(one, 1);
    assertThat(graph(one, GRAPH, 1))
        .hasSize(IMAGES + 2 * EACH)
        .allSatisfy(
            row -> {
              VectorRow image =
                  all.stream().filter(it -> it.key() == row.key()).findFirst().orElseThrow();
              assertThat(row.neighbors()).isEqualTo(others(image, all).subList(0, K));
            });
    one.run("dedup", "--generation", "1", "--graph", "other")
        .assertRefused(2, "no complete table of neighbors other of gen", "it has " + GRAPH);
  }

  private static String[] with(String[] some, String... more) {
    String[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  /** A graph is made by the same search, and ranked again in fact. */
  @ParameterizedTest
  @CsvSource({"1, 5, recall@5", "1, 10, exact:n=10", "2, 5, recall@5", "2, 10, exact:n=10"})
  void tuningCountsWhatAGraphOfTheSameSearchHas(int nprobe, int depth, String column)
      throws IOException {
    Remap one = copy();
    one.succeed("knn", "-k", "5", "--nprobe", "" + nprobe, "--depth", "" + depth);
    List<VectorRow> all = vectors(one, 2);
    double recall = 0;
    for (NeighborRow row : graph(one, "default-k5-nprobe" + nprobe + "-depth" + depth, 2)) {
      VectorRow image = all.stream().filter(it -> it.key() == row.key()).findFirst().orElseThrow();
      List<NeighborRow.Neighbor> nearest = others(image, all).subList(0, K);
      recall += (double) row.neighbors().stream().filter(nearest::contains).count() / K;
    }

    JsonNode tuned = new ObjectMapper().readTree(one.run("tune", "-k", "5", "--json").out());

    JsonNode line = tuned.path("tables").get(0).get(nprobe == 1 ? 0 : 1);
    assertThat(line.path("nprobe").asInt()).isEqualTo(nprobe);
    assertThat(line.path(column).asDouble()).isCloseTo(recall / all.size(), within(0.00051));
  }

  @Test
  void tuningSaysWhatToTakeOrThatItIsNotToBeHad() throws IOException {
    JsonNode easy = tuned("-k", "3", "--queries", "40", "--recall", "0.2");
    assertThat(easy.get(0).path("met").asText()).isEqualTo("yes");
    assertThat(easy.get(0).path("search.nprobe").asInt()).isEqualTo(1);
    assertThat(easy.get(0).path("search.rerank").asText()).isEqualTo("none");

    JsonNode all = tuned("-k", "5", "--recall", "1");
    assertThat(all.get(0).path("met").asText()).startsWith("no");
    assertThat(all.get(0).path("search.nprobe").asInt()).isEqualTo(4);
    assertThat(all.get(1).path("met").asText()).isEqualTo("yes");
    assertThat(all.get(1).path("search.rerank").asText()).isIn("exact:n=25", "exact:n=50");

    assertThat(tuned("--millis", "1e-6").get(0).path("met").asText()).startsWith("no");
    JsonNode slow = tuned("--millis", "1000");
    assertThat(slow).hasSize(1);
    assertThat(slow.get(0).path("met").asText()).isEqualTo("yes");
    assertThat(slow.get(0).path("search.nprobe").asInt()).isEqualTo(4);
  }

  @Test
  void whatIsKeptIsTakenBySearchesUntilTheyAreToldOtherwise() throws IOException {
    Remap one = copy();
    one.succeed("publish", "--generation", "2");
    String images = catalogue.toString();
    String[] search = {"search", "--vectors", images};
    assertThat(one.succeed("tune", "-k", "5", "--millis", "1e-6", "--keep").out())
        .contains("nothing is kept, as no point meets what is wanted");
    assertThat(search(one, search)).doesNotContain("tune --keep");
    String depth = "exact:n=25|exact:n=50";
    assertThat(one.succeed("tune", "-k", "5", "--recall", "1", "--keep").out())
        .containsPattern("kept: .*search.nprobe=4 and search.rerank=(" + depth + ")");

    assertThat(search(one, search))
        .containsPattern("nprobe 4, (" + depth + "): the point that tune --keep has left");
    assertThat(search(one, with(search, "-k", "60"))).contains("nprobe 4, exact:n=60: the point");
    assertThat(one.succeed("status").out())
        .containsPattern(
            "quantizer [0-9a-f]{16}, searched with nprobe 4 and (" + depth + ") \\(tune");
    for (String[] said :
        List.of(
            with(search, "--nprobe", "2"),
            with(search, "--rerank", "exact:n=30"),
            with(search, "--exact", "20"),
            with(search, "--set", "search.nprobe=0"))) {
      assertThat(search(one, said)).as("%s", List.of(said)).doesNotContain("tune --keep");
    }
    // Of what another quantizer cuts into lists nothing is known.
    List<String> before = FiveNights.list(one, "quantizers");
    one.succeed("quantize", "--set", "quantizer.seed=7");
    List<String> after = new ArrayList<>(FiveNights.list(one, "quantizers"));
    after.removeAll(before);
    one.succeed("build", "--quantizer", after.get(0));
    one.succeed("publish");
    assertThat(search(one, search)).doesNotContain("tune --keep");
  }

  private static String search(Remap remap, String... words) {
    return remap.succeed(words[0], Arrays.copyOfRange(words, 1, words.length)).out();
  }

  @Test
  void codesAreTriedBesideTheIndexesOwnAndDrawn() throws Exception {
    Path drawing = folder.resolve("curves.svg");

    JsonNode report =
        new ObjectMapper()
            .readTree(
                remap
                    .run(
                        "tune",
                        "-k",
                        "5",
                        "--codes",
                        "PQ8x4,PQ2x4,OPQ2_4,PQ2x4",
                        "--svg",
                        drawing.toString(),
                        "--json")
                    .out());

    JsonNode codes = report.path("tables").get(2);
    List<String> names = new ArrayList<>();
    List<Integer> bytes = new ArrayList<>();
    List<Double> recalls = new ArrayList<>();
    for (JsonNode code : codes) {
      names.add(code.path("code").asText());
      bytes.add(code.path("bytes a vector").asInt());
      recalls.add(code.path("recall@5").asDouble());
      assertThat(code.path("exact:n=50").asDouble())
          .isGreaterThanOrEqualTo(code.path("exact:n=10").asDouble())
          .isLessThanOrEqualTo(1);
    }
    assertThat(names).containsExactly("PQ2x4", "OPQ2_4,PQ2x4", "PQ4x4", "PQ8x4");
    assertThat(bytes).containsExactly(1, 1, 2, 4);
    assertThat(recalls.get(3)).isGreaterThan(recalls.get(2));
    assertThat(recalls.get(2)).isGreaterThan(recalls.get(0));

    var document =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(drawing.toFile());
    // Curves of four depths; 4 codes of four depths.
    int points = report.path("tables").get(0).size();
    assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(8);
    assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(4 * points + 16);
    assertThat(Files.readString(drawing))
        .contains("PQ8x4: ", "nprobe 4: ", "recall@5 of generation 2");
  }

  @Test
  void codesThatCannotBeTriedAreRefusedInASentence() {
    remap.run("tune", "--codes", "PQ3").assertRefused(2, "--codes PQ3", "not a multiple of m = 3");
    remap.run("tune", "--codes", "IVF4,PQ4").assertRefused(2, "--codes is 'IVF4,PQ4'");
    remap.run("tune", "--codes", "").assertRefused(2, "--codes");
    remap
        .run("tune", "--codes", "PQ8")
        .assertRefused(2, "--codes PQ8", "at least 256 vectors train it, and the sample has 150");
    remap.run("tune", "--svg", folder.toString()).assertRefused(2, "--svg is " + folder);
    remap
        .run("tune", "--svg", folder.resolve("none/curves.svg").toString())
        .assertRefused(2, "a folder that is there");
  }

  @Test
  void moreNeighboursThanThereAreOthersAreAllOthers() throws IOException {
    assertThat(remap.succeed("tune", "-k", "400").out()).contains("ask for their 149 nearest");
    JsonNode answers = tuned("-k", "400");
    assertThat(answers).hasSize(1);
    assertThat(answers.get(0).path("recall@149").asDouble()).isEqualTo(1);
  }

  @Test
  void tuningRefusesWhatCannotBeMeant() {
    remap.run("tune", "--recall", "1.1").assertRefused(2, "--recall is 1.1");
    remap.run("tune", "--millis", "0").assertRefused(2, "--millis is 0");
    remap.run("tune", "--queries", "0").assertRefused(2, "--queries is 0");
    assertThat(remap.succeed("tune", "--queries", "100000", "-k", "7").out())
        .contains("150 of 150 images");
  }

  /** What to take, by what is wanted. */
  private JsonNode tuned(String... options) throws IOException {
    Remap.Ran ran = remap.run("tune", with(new String[] {"--json"}, options));
    return new ObjectMapper().readTree(ran.out()).path("tables").get(1);
  }

  @Test
  void anIndexThatIsSearchedInPartsFindsNoOtherScores() {
    Remap one = copy();
    String said = one.succeed("knn", "-k", "5", "--nprobe", "1", "--depth", "5").out();

    assertThat(said).contains("books: 150 images = 150 rows with");
    Map<Long, VectorRow> byKey =
        vectors(one, 2).stream().collect(Collectors.toMap(VectorRow::key, Function.identity()));
    for (NeighborRow row : graph(one, "default-k5-nprobe1-depth5", 2)) {
      assertThat(row.neighbors()).hasSizeBetween(1, K).doesNotHaveDuplicates();
      row.neighbors()
          .forEach(
              found ->
                  assertThat(found.score())
                      .isEqualTo(score(byKey.get(row.key()), byKey.get(found.key()))));
    }
  }

  @Test
  void withFewerImagesThanAreAskedForEachHasAllOthers() {
    Remap one = copy();

    String said = one.succeed("knn", "-k", "400", "--nprobe", "4", "--depth", "500").out();

    assertThat(said)
        .contains("there are 150 images: each has all 149 others for neighbours")
        .contains("; 0 found fewer than 149");
    List<VectorRow> all = vectors(one, 2);
    List<NeighborRow> rows = graph(one, "default-k400-nprobe4-depth500", 2);
    assertThat(rows.get(7).neighbors()).isEqualTo(others(all.get(7), all));
    assertThat(rows).allMatch(row -> row.neighbors().size() == 149);
  }

  @Test
  void whereNotAllListsAreVisitedItPromisesNobodyAllOthers() {
    Remap one = copy();

    String said = one.succeed("knn", "-k", "400", "--nprobe", "1", "--depth", "500").out();

    assertThat(said)
        .contains("there are 150 images: each has at most 149 others for neighbours")
        .doesNotContain("all 149 others");
    assertThat(graph(one, "default-k400-nprobe1-depth500", 2))
        .anyMatch(row -> row.neighbors().size() < 149);
  }

  private List<String> digests(Remap store) {
    Tables tables = new Tables(store.store());
    List<String> digests = new ArrayList<>();
    digests.addAll(Tables.digests(tables.ledger("graphs/" + GRAPH + "/00000002"), "neighbors"));
    digests.addAll(
        Tables.digests(tables.ledger("duplicates/" + GROUPS + "/00000002"), "duplicates"));
    return digests;
  }

  /** Without what was made from the generations. */
  private Remap bare() throws IOException {
    Remap bare = copy();
    delete(bare.store().resolve("graphs"));
    delete(bare.store().resolve("duplicates"));
    return bare;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void otherNumbersOfThreadsMakeTheSameBytes() throws IOException {
    Remap one = bare();
    LocalSpark.use("local[3]");
    one.succeed("knn", KNN);
    one.succeed("dedup", "--threshold", "0.999");

    assertThat(digests(one)).hasSize(4).isEqualTo(digests(remap));
  }

  @AfterAll
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  /** As a run that died leaves it: some units are recorded, and no ledger is there. */
  private static void halve(Path layer) throws IOException {
    Files.delete(layer.resolve("ledger.json"));
    Files.delete(layer.resolve("records/u000001.json"));
  }

  @Test
  void whatWasKilledIsGoneOnWithAndIsTheSame() throws IOException {
    Remap one = copy();
    halve(one.store().resolve("graphs/" + GRAPH + "/00000002"));
    halve(one.store().resolve("duplicates/" + GROUPS + "/00000002"));

    one.run("dedup", "--threshold", "0.999").assertRefused(2, "no complete table of neighbors");
    assertThat(one.succeed("status").out()).contains("1 of 2 units");
    one.succeed("knn", KNN);
    one.succeed("dedup", "--threshold", "0.999");

    assertThat(digests(one)).isEqualTo(digests(remap));
    assertThat(one.succeed("verify").out()).contains("all is well");
    assertThat(one.succeed("knn", KNN).out()).contains("it is there already");
  }

  @Test
  void nearCopiesAreGroupsOfTwoAndTheFirstOfThemIsKept() {
    Map<String, DuplicateRow> rows = new TreeMap<>();
    groups(remap, GROUPS, 2).forEach(row -> rows.put(row.imageId(), row));

    assertThat(rows).hasSize(4 * EACH);
    for (int i = 0; i < 2 * EACH; i++) {
      DuplicateRow original = rows.get(name(i));
      DuplicateRow copy = rows.get(name(i) + "-copy");
      assertThat(original.isKept()).isTrue();
      assertThat(original.score()).isEqualTo(1);
      assertThat(copy.isKept()).isFalse();
      assertThat(copy.kept()).isEqualTo(original.key());
      assertThat(copy.keptId()).isEqualTo(name(i));
      assertThat(copy.group()).isEqualTo(original.group());
      assertThat(copy.group()).isEqualTo(Math.min(copy.key(), original.key()));
      if (i < EACH) {
        assertThat(copy.score()).isEqualTo(1);
      } else {
        assertThat(copy.score()).isLessThan(1).isGreaterThan(0.999f);
      }
    }
  }

  @Test
  void aThresholdOfOneFindsEqualVectorsAlone() {
    String said = copy().succeed("dedup", "--threshold", "1", "--keep", "first-id").out();

    assertThat(said)
        .contains("150 images = 130 without near copies + 10 kept, one of each group + 10 dup")
        .contains("10 of the duplicates have exactly the vector of the one that is kept");
  }

  @Test
  void aThresholdThatMakesOneGroupOfMostIsRefused() throws IOException {
    Remap one = copy();
    one.run("dedup", "--threshold", "0.3")
        .assertRefused(2, "At a score of 0.3 one group has 1", "dedup.max-group-ratio allows 50 %");
    one.set("dedup.max-group", 2)
        .run("dedup", "--threshold", "0.8")
        .assertRefused(2, "of 150 images, and dedup.max-group allows 2: give a higher");
    assertThat(FiveNights.list(one, "duplicates")).containsExactly(GROUPS);
  }

  @Test
  void whatCannotBeIsOneSentence() {
    remap.run("knn", "-k", "0").assertRefused(2, "knn.k is 0");
    remap
        .run("knn", "-k", "11", "--depth", "10")
        .assertRefused(2, "knn.depth is 10, and knn.k is 11");
    remap.run("knn", "--name", "other").assertRefused(2, "no index 'other'");
    remap.run("dedup", "--name", "other").assertRefused(2, "no index 'other'");
    remap.run("dedup", "--threshold", "0").assertRefused(2, "dedup.threshold is 0");
    remap.run("dedup", "--threshold", "1.1").assertRefused(2, "dedup.threshold is 1.1");
    remap.run("dedup", "--threshold", "NaN").assertRefused(2, "dedup.threshold");
    remap.run("dedup", "--keep", "newest").assertRefused(2, "dedup.keep is 'newest'");
    remap
        .run("dedup", "--generation", "1")
        .assertRefused(2, "no complete table of neighbors of generation 1", "remap knn");
    remap
        .run("dedup", "--keep", "oldest", "--threshold", "0.99")
        .assertRefused(2, "dedup.keep is oldest, and version '", "tells no time");
    // Tasks that are cancelled by that would say so while the next command runs.
    LocalSpark.session().stop();
  }

  @Test
  void filesAndStatusNameWhatIsThere() {
    String files = remap.succeed("files", "--table", "neighbors", "--generation", "2").out();
    assertThat(files.lines()).hasSize(2).allMatch(line -> line.contains("/graphs/" + GRAPH));
    assertThat(remap.succeed("files", "--table", "duplicates").out())
        .contains("/duplicates/" + GROUPS);
    assertThat(remap.succeed("status").out())
        .containsPattern("k-NN graph of generation 2 +" + GRAPH)
        .contains("duplicates of generation 2")
        .doesNotContain("finish graphs");
    assertThat(remap.run("knn", with(KNN, "--json")).out()).contains("\"neighbours\" : 750");
  }

  @Test
  void garbageCollectionKeepsWhatIsOfKeptGenerations() {
    Remap one = copy();
    one.succeed("knn", with(KNN, "--generation", "1"));
    one.succeed("publish");
    one.succeed("gc", "--grace", "0s", "--keep", "0", "--delete");

    assertThat(one.store().resolve("indexes/default/00000001")).doesNotExist();
    assertThat(one.store().resolve("graphs/" + GRAPH + "/00000001")).doesNotExist();
    assertThat(graph(one, GRAPH, 2)).isEqualTo(graph(remap, GRAPH, 2));
    assertThat(groups(one, GROUPS, 2)).isEqualTo(groups(remap, GROUPS, 2));
  }

  /** The others of an image among what an index without duplicates has. */
  @Test
  void anIndexWithoutDuplicatesHasTheirBooksAndTheImagesThatAreKept() throws IOException {
    Remap one = copy();
    one.succeed("publish", "--generation", "1");
    String quantizer = FiveNights.list(remap, "quantizers").get(0);
    String built = one.succeed("build", "--unique", "--quantizer", quantizer).out();
    one.run("publish")
        .assertRefused(1, "this one was built without duplicates", "a --name of its own");
    String published = one.succeed("publish", "--force").out();

    assertThat(built)
        .contains("generation 3: 130 vectors without 20 duplicates")
        .contains("books: 150 vectors = 130 entries in 3 shards + 20 duplicates left out");
    assertThat(published)
        .contains("150 vectors; 130 entries in the shards + 20 left out as duplicates")
        .contains("130 of 130 sampled vectors find themselves");
    assertThat(one.succeed("status").out())
        .containsPattern("generation 3 without 20 duplicates .* live +130 +130");
    assertThat(one.succeed("verify").out()).contains("all is well");
    List<VectorRow> all = vectors(one, 3);
    assertThat(all)
        .hasSize(IMAGES - GONE)
        .noneMatch(row -> row.imageId().endsWith("-copy"))
        .isSubsetOf(vectors(one, 2));
    one.succeed("knn", KNN);
    List<NeighborRow> rows = graph(one, GRAPH, 3);
    assertThat(rows).hasSameSizeAs(all);
    assertThat(rows.get(9).neighbors()).isEqualTo(others(all.get(9), all).subList(0, K));

    Map<String, String> before = one.contents();
    one.run("reindex", "--catalogue", catalogue.toString())
        .assertRefused(2, "This night is refused: generation 3 of index", "build --unique");
    assertThat(one.run("plan", "--catalogue", catalogue.toString()).out())
        .contains("was built without duplicates");
    assertThat(one.contents()).isEqualTo(before);
    one.succeed("gc", "--grace", "0s", "--keep", "0", "--delete");
    assertThat(one.succeed("verify").out()).contains("all is well");
    assertThat(vectors(one, 3)).isEqualTo(all);
  }

  @Test
  void anIndexOfAllThatIsBuiltAfterwardsHasAll() throws IOException {
    Remap one = copy();
    String quantizer = FiveNights.list(remap, "quantizers").get(0);
    one.succeed("build", "--unique", "--quantizer", quantizer);
    list(IMAGES);
    one.succeed("snapshot", "--catalogue", catalogue.toString());
    one.succeed("extract");
    one.succeed("whiten");
    one.run("build", "--unique", "--quantizer", quantizer)
        .assertRefused(2, "no table of duplicates among the vectors of snapshot 3");
    String built = one.succeed("build", "--quantizer", quantizer).out();

    assertThat(built)
        .contains("merged from generation 2")
        .contains("170 vectors = 170 entries in 3 shards (");
    list(IMAGES - GONE);
  }

  @Test
  void damageIsFoundAndTheCommandNamedThatMakesItAgain() throws IOException {
    Remap one = copy();
    for (String layer : List.of("graphs/" + GRAPH, "duplicates/" + GROUPS)) {
      String segments = layer + "/00000002/segments";
      Path segment = one.store().resolve(segments).resolve(FiveNights.list(one, segments).get(0));
      byte[] bytes = Files.readAllBytes(segment);
      bytes[bytes.length / 2] ^= 4;
      Files.write(segment, bytes);
    }
    assertThat(one.run("verify").out()).contains("graphs/" + GRAPH, "duplicates/" + GROUPS);

    String repaired = one.run("verify", "--repair").out();

    assertThat(repaired)
        .containsPattern("remap knn .* -k 5 --nprobe 4 --ef-search 0 --depth 500 --generation 2")
        .containsPattern(
            "remap dedup .* --graph " + GRAPH + " --threshold 0.999 --keep most-pixels");
    one.succeed("knn", with(KNN, "--generation", "2"));
    one.succeed("dedup", "--generation", "2", "--threshold", "0.999");
    assertThat(digests(one)).isEqualTo(digests(remap));
    assertThat(one.succeed("verify").out()).contains("all is well");
  }

  @Test
  void whatGarbageTookIsMadeAgainFirst() throws IOException {
    Remap one = copy();
    String segments = "duplicates/" + GROUPS + "/00000002/segments";
    Files.delete(one.store().resolve(segments).resolve(FiveNights.list(one, segments).get(0)));
    delete(one.store().resolve("graphs"));

    assertThat(one.run("verify", "--repair").out())
        .containsPattern("(?s)remap knn .*--generation 2 .*remap dedup .*--generation 2 ");
  }

  @Test
  void aGenerationThatIsLostIsBuiltAgainWithoutItsDuplicates() throws IOException {
    Remap one = copy();
    String quantizer = FiveNights.list(remap, "quantizers").get(0);
    one.succeed("build", "--unique", "--quantizer", quantizer);
    Path generation = one.store().resolve("indexes/default/00000003");
    for (String lost : List.of("plan.json", "ledger.json", "manifest.json")) {
      Files.delete(generation.resolve(lost));
    }

    assertThat(one.run("verify", "--repair").out())
        .containsPattern("remap build .* --unique --duplicates " + GROUPS);
  }
}
