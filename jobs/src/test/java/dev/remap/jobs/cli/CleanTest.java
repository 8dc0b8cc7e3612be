package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.LabelRow;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.row.NeighborRow.Neighbor;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Labels of which some are wrong, against a naive look at the graph. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CleanTest {
  private static final int DIMENSION = 16;
  private static final int GROUPS = 8;
  private static final int EACH = 15;
  private static final int IMAGES = GROUPS * EACH;
  private static final int WRONG = IMAGES / 5;
  private static final String GRAPH = "default-k6-nprobe4-depth500";
  private static final String[] KNN = {"-k", "6", "--nprobe", "4", "--depth", "500"};

  private Path folder;
  private Path labels;
  private Remap remap;
  private final Map<String, String> given = new TreeMap<>();
  private final Set<String> wrong = new HashSet<>();

  @BeforeAll
  void index(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path catalogue = Files.createDirectories(folder.resolve("catalogue"));
    write(catalogue);
    plant();
    labels = table("labels", given);
    remap = settings(folder.resolve("store"));
    remap.succeed("snapshot", "--catalogue", catalogue.toString());
    for (String stage : List.of("extract", "whiten", "quantize", "build")) {
      remap.succeed(stage);
    }
    remap.succeed("knn", KNN);
  }

  @AfterEach
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  private static Remap settings(Path store) {
    return new Remap(store)
        .set("catalogue.format", "embeddings")
        .set("embeddings.dimension", DIMENSION)
        .set("whitening.method", "none")
        .set("quantizer.spec", "IVF4,PQ8x4np")
        .set("unit.images", 50);
  }

  /** Groups around centres, which lie far enough from each other that most neighbours are right. */
  private static void write(Path catalogue) throws IOException {
    Random random = new Random(18);
    ByteBuffer bytes =
        ByteBuffer.allocate(IMAGES * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    List<String> ids = new ArrayList<>();
    for (int group = 0; group < GROUPS; group++) {
      double[] centre = random.doubles(DIMENSION, -1, 1).toArray();
      for (int i = 0; i < EACH; i++) {
        bytes.putInt(DIMENSION);
        for (double value : centre) {
          bytes.putFloat((float) (value + .45 * random.nextGaussian()));
        }
        ids.add(String.format(Locale.ROOT, "g%02d/p%03d", group, i));
      }
    }
    Files.write(catalogue.resolve("a.fvecs"), bytes.array());
    Files.write(catalogue.resolve("a.fvecs.ids"), ids);
  }

  /** The groups that images are of, but for some that get another one by chance. */
  private void plant() {
    Random random = new Random(20);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      ids.add(String.format(Locale.ROOT, "g%02d/p%03d", i / EACH, i % EACH));
    }
    ids.forEach(id -> given.put(id, id.substring(0, 3)));
    while (wrong.size() < WRONG) {
      String id = ids.get(random.nextInt(IMAGES));
      if (wrong.add(id)) {
        int own = Integer.parseInt(id.substring(1, 3));
        int other = (own + 1 + random.nextInt(GROUPS - 1)) % GROUPS;
        given.put(id, String.format(Locale.ROOT, "g%02d", other));
      }
    }
  }

  private Path table(String name, Map<String, String> groups) throws IOException {
    StringBuilder rows = new StringBuilder("image_id,group\n");
    groups.forEach((id, group) -> rows.append(id).append(',').append(group).append('\n'));
    return Files.writeString(folder.resolve(name + ".csv"), rows);
  }

  private Remap copy() {
    Path copy = folder.resolve(UUID.randomUUID().toString());
    FiveNights.tree(remap.store(), copy);
    return settings(copy);
  }

  private static List<LabelRow> rows(Remap remap) {
    Tables tables = new Tables(remap.store());
    return tables.rows(
        tables.ledger(tables.only("cleaned") + "/00000001"), "labels", RowFormat.labels());
  }

  private static float threshold(Remap remap) {
    Tables tables = new Tables(remap.store());
    return Float.parseFloat(
        tables.ledger(tables.only("cleaned") + "/00000001").inputs().require("threshold"));
  }

  @Test
  void whatIsKeptIsTheLargestPartOfEachGroupByANaiveLook() {
    Remap one = copy();
    String said = one.succeed("clean", "--groups", labels.toString()).out();
    List<LabelRow> rows = rows(one);

    Tables tables = new Tables(one.store());
    List<NeighborRow> graph =
        tables.rows(
            tables.ledger("graphs/" + GRAPH + "/00000001"), "neighbors", RowFormat.neighbors());
    Map<String, String> reasons = naive(graph, threshold(one));
    assertThat(rows).hasSize(IMAGES);
    assertThat(rows).extracting(LabelRow::key).isSorted();
    for (LabelRow row : rows) {
      assertThat(row.group()).isEqualTo(given.get(row.imageId()));
      assertThat(row.verdict().reason()).as(row.imageId()).isEqualTo(reasons.get(row.imageId()));
    }
    long left = rows.stream().filter(row -> !row.isKept()).count();
    long found = rows.stream().filter(row -> !row.isKept() && isWrong(row)).count();
    assertThat((double) found / WRONG).as("recall").isGreaterThanOrEqualTo(.9);
    assertThat((double) found / left).as("precision").isGreaterThanOrEqualTo(.75);
    assertThat(said)
        .contains("from where on neighbours of one group match more often than not")
        .contains("books: 120 labelled images = " + (IMAGES - left) + " kept + ")
        .contains(" + 0 alone in its group + 0 not in the index")
        .contains("8 groups = 8 with images that are kept + 0 without")
        .contains(" groups have more than 7 images, and an image has 6 neighbours in this graph");
  }

  private boolean isWrong(LabelRow row) {
    return wrong.contains(row.imageId());
  }

  /** By image, why it is left out: what images reach, group by group. */
  private Map<String, String> naive(List<NeighborRow> graph, float threshold) {
    Map<String, Map<String, Float>> near = new HashMap<>();
    for (NeighborRow row : graph) {
      Map<String, Float> scores = near.computeIfAbsent(row.imageId(), id -> new HashMap<>());
      for (Neighbor neighbor : row.neighbors()) {
        scores.put(neighbor.imageId(), neighbor.score());
      }
    }
    Map<String, Set<String>> parts = new TreeMap<>();
    for (String id : given.keySet()) {
      Set<String> part = new TreeSet<>(Set.of(id));
      ArrayDeque<String> open = new ArrayDeque<>(part);
      while (!open.isEmpty()) {
        String at = open.remove();
        for (Map.Entry<String, Float> other : near.get(at).entrySet()) {
          boolean matches =
              near.get(other.getKey()).containsKey(at)
                  && other.getValue() >= threshold
                  && given.get(at).equals(given.get(other.getKey()));
          if (matches && part.add(other.getKey())) {
            open.add(other.getKey());
          }
        }
      }
      parts.put(id, part);
    }
    Map<String, Set<String>> largest = new TreeMap<>();
    parts.forEach(
        (id, part) ->
            largest.merge(
                given.get(id), part, (one, other) -> other.size() > one.size() ? other : one));
    Map<String, String> reasons = new HashMap<>();
    parts.forEach(
        (id, part) ->
            reasons.put(
                id,
                part.size() == 1
                    ? "no match in its group"
                    : largest.get(given.get(id)).contains(id)
                        ? ""
                        : "in a smaller part of its group"));
    return reasons;
  }

  @Test
  void otherUnitsAndNumbersOfThreadsMakeTheSameBytes() throws IOException {
    Remap one = copy();
    one.succeed("clean", "--groups", labels.toString());
    LocalSpark.use("local[1]");
    Remap other = copy().set("unit.images", 11);
    other.succeed("clean", "--groups", labels.toString());

    assertThat(digests(other)).hasSize(1).isEqualTo(digests(one));
    assertThat(one.succeed("clean", "--groups", labels.toString()).out())
        .contains("it is there already");
    assertThat(FiveNights.list(one, "cleaned")).hasSize(1);
    // The same labels from elsewhere.
    one.succeed("clean", "--groups", table("again", given).toString());
    assertThat(FiveNights.list(one, "cleaned")).hasSize(2);
  }

  private static List<String> digests(Remap remap) {
    Tables tables = new Tables(remap.store());
    return Tables.digests(tables.ledger(tables.only("cleaned") + "/00000001"), "labels");
  }

  @Test
  void aThresholdThatKeepsNothingOrEverythingIsSaid() throws IOException {
    assertThat(copy().succeed("clean", "--groups", ".", "--threshold", "1").out())
        .contains("120 labelled images = 0 kept + 120 no match in its group")
        .contains("warning: nothing is kept")
        .doesNotContain("to train by what is kept");
    Map<String, String> right = new TreeMap<>(given);
    right.replaceAll((id, group) -> id.substring(0, 3));
    Path all = table("right", right);
    Remap one = copy();
    one.succeed("knn", "-k", "14", "--nprobe", "4", "--depth", "500");
    assertThat(
            one.succeed(
                    "clean",
                    "--graph",
                    "default-k14-nprobe4-depth500",
                    "--groups",
                    all.toString(),
                    "--threshold",
                    "-1")
                .out())
        .contains("120 labelled images = 120 kept")
        .contains("everything is kept: ")
        .doesNotContain("neighbours in this graph");
  }

  @Test
  void imagesThatNothingCanBearOutAreCountedByTheirReasons() throws IOException {
    Map<String, String> some = new TreeMap<>(Map.of("g00/p000", "alone", "nobody/1", "g01"));
    given.keySet().stream().filter(id -> id.startsWith("g01")).forEach(id -> some.put(id, "g01"));

    String said = copy().succeed("clean", "--groups", table("some", some).toString()).out();

    assertThat(said)
        .contains("16 images in 2 groups")
        .contains(
            "not looked at: 1 row with an image that the snapshot does not have, such as 'nob")
        .contains("not looked at: 104 images without a group")
        .contains("books: 16 labelled images = 15 kept")
        .contains(" + 1 alone in its group")
        .contains("2 groups = 1 with images that are kept + 1 without");
  }

  @Test
  void pairsThatDoNotMatchAreCountedAndRefusedWhereOthersConnectTheirImages() throws IOException {
    Remap one = copy();
    Path list = folder.resolve("pairs.csv");
    String chain = "g00/p000,g00/p001\ng00/p001,g00/p002\ng01/p000,g01/p001\n";
    Files.writeString(list, chain + "g00/p000,g01/p000,0\n");
    assertThat(one.succeed("clean", "--pairs", list.toString(), "--threshold", "-1").out())
        .contains("not looked at: 1 pair that does not match: images of different groups do not");
    Files.writeString(list, chain + "g00/p002,g00/p000,0\ng01/p001,g01/p000,0\n");
    one.run("clean", "--pairs", list.toString(), "--threshold", "-1")
        .assertRefused(2, "g00/p002 and g00/p000 do not match", "2 such pairs in all");
  }

  @Test
  void neighboursWithoutALabelAreWarnedOfWithALineThatRuns() throws IOException {
    Remap one = copy();
    Map<String, String> some = new TreeMap<>();
    given.keySet().stream()
        .filter(id -> id.endsWith("0"))
        .forEach(id -> some.put(id, id.substring(0, 3)));

    String said =
        one.succeed("clean", "--groups", table("few", some).toString(), "--threshold", "-1").out();

    String warning =
        said.lines().filter(line -> line.contains("have no label")).findFirst().orElseThrow();
    assertThat(warning).contains("and take up the 6 places that each image has");
    String line = warning.substring(warning.indexOf('`') + 1, warning.lastIndexOf('`'));
    assertThat(line).containsPattern("-k \\d+ --nprobe 4 --ef-search 0 --depth \\d+ ");
    assertThat(Remap.line(PrintedLines.words(line)).status()).as(line).isZero();
  }

  @Test
  void statusFilesGarbageCollectionAndVerifyKnowTheTable() throws IOException {
    Remap one = copy();
    one.succeed("clean", "--groups", labels.toString());
    List<String> before = digests(one);

    assertThat(one.succeed("status").out()).contains("cleaned labels of generation 1");
    assertThat(one.succeed("files", "--table", "labels").out()).contains("/cleaned/" + GRAPH);
    assertThat(one.run("clean", "--groups", labels.toString(), "--json").out())
        .contains("\"kept\"");
    one.succeed("gc", "--grace", "0s", "--keep", "0", "--delete");
    assertThat(one.succeed("verify").out()).contains("all is well");

    String named = one.succeed("files", "--table", "labels").out().strip();
    Path file = Path.of(URI.create(named));
    Files.write(file, new byte[] {1, 2, 3});
    String repaired = one.run("verify", "--repair").out();
    assertThat(repaired).contains("remap clean ");
    String line =
        repaired
            .lines()
            .map(String::strip)
            .filter(printed -> printed.startsWith("remap clean "))
            .findFirst()
            .orElseThrow();
    assertThat(Remap.line(PrintedLines.words(line)).status()).as(line).isZero();
    assertThat(digests(one)).isEqualTo(before);
    assertThat(one.succeed("verify").out()).contains("all is well");
  }

  @Test
  void whatCannotBeIsOneSentence() throws IOException {
    Remap one = copy();
    one.run("clean").assertRefused(2, "give either groups (--groups");
    one.run("clean", "--groups", "g00/p000")
        .assertRefused(2, "gives no group of two or more images of snapshot 1");
    one.run("clean", "--groups", ".", "--threshold", "much")
        .assertRefused(2, "clean.threshold is 'much'");
    one.run("clean", "--groups", ".", "--graph", "other")
        .assertRefused(2, "no complete table of neighbors other");
    one.run("clean", "--groups", ".", "--name", "other").assertRefused(2, "no index 'other'");
    Map<String, String> nonsense = new TreeMap<>(given);
    // One image of each real group in each of these.
    nonsense.replaceAll((id, group) -> id.substring(4));
    one.run("clean", "--groups", table("nonsense", nonsense).toString(), "--threshold", "auto")
        .assertRefused(2, "nothing tells which labels are right");
    one.run("train", "--clean").assertRefused(2, "no table of cleaned labels of what snapshot 1");
    one.run("weigh", "--clean", "--groups", ".").assertRefused(2, "give one of them");
    delete(one.store().resolve("graphs"));
    one.run("clean", "--groups", ".")
        .assertRefused(2, "no complete table of neighbors", "remap knn");
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
