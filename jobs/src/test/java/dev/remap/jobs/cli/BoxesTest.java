package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Extractors with boxes of a table instead of the grid. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoxesTest {
  private static final String SIDES =
      "optional double x; optional double y; optional float width; optional double height;";
  private static final String SCORED =
      "message t { required binary image_id (STRING); " + SIDES + " optional double score; }";

  private static final Offset<Float> NEAR = Offset.offset(1e-6f);

  /** Channels of the tiny network's last layer. */
  private static final int DIMENSION = 5;

  private Path folder;
  private Remap listed;

  @BeforeAll
  void snapshot(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 2, 5, 4713);
    listed = settings(folder.resolve("store"));
    listed.succeed("snapshot", "--catalogue", catalogue.toString());
  }

  @AfterEach
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  private Remap settings(Path store) {
    return new Remap(store)
        .tinyBackbone(folder.resolve("backbone"))
        .set("extractor.aggregator", "rmac");
  }

  private Remap copy(String name) {
    FiveNights.tree(listed.store(), folder.resolve(name));
    return settings(folder.resolve(name));
  }

  private record Row(String id, double x, double y, double width, double height, double score) {}

  private Path table(String name, String schema, List<Row> rows) throws IOException {
    MessageType type = MessageTypeParser.parseMessageType(schema);
    Path path = folder.resolve(name + ".parquet");
    Files.deleteIfExists(path);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(path)).withType(type).build()) {
      for (Row row : rows) {
        Group group = new SimpleGroupFactory(type).newGroup();
        group.add("image_id", row.id);
        group.append("x", row.x).append("y", row.y).append("width", (float) row.width);
        group.append("height", row.height);
        if (type.containsField("score")) {
          group.append("score", row.score);
        }
        writer.write(group);
      }
    }
    return path;
  }

  /** Digests; names carry the run. */
  private static Collection<String> descriptors(Remap remap) {
    Map<String, String> files = new TreeMap<>(remap.contents());
    files.keySet().removeIf(name -> !name.matches("descriptors/.*\\.parquet"));
    return files.values();
  }

  private static List<float[]> vectors(Remap remap) {
    Tables tables = new Tables(remap.store());
    return tables
        .rows(
            tables.ledger(tables.only("descriptors") + "/00000001"),
            TableKind.DESCRIPTORS.rows(),
            RowFormat.descriptors(DIMENSION))
        .stream()
        .map(VectorRow::vector)
        .toList();
  }

  private static String extractor(Remap.Ran ran) {
    Matcher found = Pattern.compile("by extractor ([0-9a-f]{16})").matcher(ran.out());
    assertThat(found.find()).as(ran.out()).isTrue();
    return found.group(1);
  }

  private static List<Row> some() {
    return List.of(
        new Row("g00/p000.jpg", 0.1, 0.1, 0.5, 0.5, 0.9),
        new Row("g00/p000.jpg", 0.5, 0.5, 0.9, 0.9, 0.5),
        new Row("g00/p001.jpg", 0, 0, 0.5, 1, 0.7),
        new Row("g00/p001.jpg", 2, 0, 0.5, 1, 0.7),
        new Row("g00/p001.jpg", Double.NaN, 0, 0.5, 1, 0.7),
        new Row("g00/p002.jpg", 0, 0, 0, 1, 0.7),
        new Row("not/there.jpg", 0, 0, 1, 1, 0.7));
  }

  @Test
  void whatATableLacksAndWhatItHasTooMuchIsCountedAndRecorded() throws IOException {
    Path table = table("some", SCORED, some());
    Remap remap = copy("counted").set("extractor.regions-table", table).set("unit.images", 3);
    Remap.Ran ran = remap.succeed("extract");
    assertThat(ran.out())
        .contains("boxes: 7 rows = 3 used + 3 dropped (empty, outside the image, or no numbers)")
        .contains("+ 1 of other images than these; 8 images without boxes");
    // The table is in the store: what described once, describes again without the file.
    Files.delete(table);
    Path same = table("some", SCORED, some());
    assertThat(remap.succeed("extract").out()).contains("all described already", "boxes: 7 rows");
    table("some", SCORED, some().subList(0, 6));
    assertThat(extractor(remap.succeed("extract"))).isNotEqualTo(extractor(ran));
    assertThat(same).exists();
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @Test
  void aTableInPixelsOrOfOtherIdsIsWarnedOf() throws IOException {
    Path pixels = table("pixels", SCORED, List.of(new Row("g00/p000.jpg", 12, 20, 60, 70, 1)));
    assertThat(copy("pixels").set("extractor.regions-table", pixels).succeed("extract").out())
        .contains("warning: most boxes of these images were dropped", "no pixels");
    Path strange =
        table("strange", SCORED, List.of(new Row("photos/g00/p000.jpg", 0.1, 0.1, 0.5, 0.5, 1)));
    assertThat(copy("strange").set("extractor.regions-table", strange).succeed("extract").out())
        .contains("warning: the table has no box of any image of the catalogue");
    Path good = table("good", SCORED, List.of(new Row("g00/p000.jpg", 0.1, 0.1, 0.5, 0.5, 1)));
    assertThat(copy("good").set("extractor.regions-table", good).succeed("extract").out())
        .doesNotContain("warning");
  }

  @Test
  void nightsGoOnByTheirTableAndAnotherOneIsRefusedWithTheWayBack() throws IOException {
    Path catalogue = folder.resolve("changing");
    Pictures.folders(catalogue, 2, 10, 4714);
    Path table = table("nights", SCORED, some());
    Remap remap = settings(folder.resolve("nights")).set("extractor.regions-table", table);
    remap.set("catalogue.uri", catalogue).set("publish.copies", 0);
    remap.succeed("reindex");
    Files.delete(catalogue.resolve("g00/p000.jpg"));
    Files.copy(catalogue.resolve("g00/p001.jpg"), catalogue.resolve("g01/new.jpg"));
    assertThat(remap.succeed("reindex").out())
        .contains("boxes: 7 rows = 0 used + 0 dropped", "; 1 image without boxes")
        .contains("live: generation 2");
    assertThat(remap.succeed("verify").out()).contains("all is well");

    table("nights", SCORED, some().subList(0, 6));
    Remap.Ran refused = remap.run("reindex");
    refused.assertRefused(2, "which differs in extractor.regions-table", "is in the store: file:");
    Matcher stored = Pattern.compile("in the store: file:(\\S+)\\)").matcher(refused.err());
    assertThat(stored.find()).as(refused.err()).isTrue();
    remap.set("extractor.regions-table", stored.group(1));
    assertThat(remap.succeed("reindex").out()).contains("nothing to do: generation 2");
  }

  @Test
  void theSameBytesComeOfAnyNumberOfCores() throws IOException {
    Path table = table("bytes", SCORED, some());
    LocalSpark.use("local[1]");
    Remap one = copy("one").set("extractor.regions-table", table);
    one.set("extractor.aggregator", "remap").succeed("extract");
    LocalSpark.use("local[2]");
    Remap two = copy("two").set("extractor.regions-table", table).set("extract.window", 2);
    two.set("extractor.aggregator", "remap").succeed("extract");
    assertThat(descriptors(two)).isNotEmpty().containsExactlyElementsOf(descriptors(one));
  }

  /** R-MAC of one region that is the whole is MAC; of boxes it is something else. */
  @Test
  void anImageWithoutBoxesIsDescribedByItsWholeAndOneWithBoxesByThem() throws IOException {
    List<Row> foreign = List.of(new Row("not/there.jpg", 0, 0, 1, 1, 1));
    List<Row> half = new ArrayList<>();
    List<Row> whole = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String id = "g0%d/p00%d.jpg".formatted(i / 5, i % 5);
      half.add(new Row(id, 0, 0, 0.5, 0.5, 1));
      whole.add(new Row(id, -1, -1, 3, 3, 1));
    }
    String unscored = "message t { required binary image_id (STRING); " + SIDES + " }";
    List<List<float[]>> found = new ArrayList<>();
    for (List<Row> rows : List.of(foreign, whole, half)) {
      Remap remap = copy("whole-" + found.size());
      remap.set("extractor.regions-table", table("whole-" + found.size(), unscored, rows));
      remap.succeed("extract");
      found.add(vectors(remap));
    }
    Remap mac = copy("mac").set("extractor.aggregator", "mac");
    mac.succeed("extract");
    List<float[]> expected = vectors(mac);
    assertThat(expected).hasSize(10);
    for (int i = 0; i < 10; i++) {
      assertThat(found.get(0).get(i)).containsExactly(expected.get(i), NEAR);
      assertThat(found.get(1).get(i)).containsExactly(expected.get(i), NEAR);
    }
    assertThat(found.get(2).get(0)).isNotEqualTo(expected.get(0));
  }

  @Test
  void aggregatorsAreComparedWithTheBoxes() throws IOException {
    Remap remap = copy("compared").set("extractor.aggregator", "remap");
    String[] compare = {"evaluate", "--groups", ".", "--aggregators", "gem,rmac"};
    String byGrid = scores(remap.run(compare[0], compare[1], compare[2], compare[3], compare[4]));
    List<Row> corner = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      corner.add(new Row("g0%d/p00%d.jpg".formatted(i / 5, i % 5), 0, 0, 0.1, 0.1, 1));
    }
    remap.set("extractor.regions-table", table("corner", SCORED, corner));
    Remap.Ran ran = remap.run(compare[0], compare[1], compare[2], compare[3], compare[4]);
    assertThat(ran.out()).contains("boxes: 10 used, 0 dropped", "; 0 images without boxes");
    String byBoxes = scores(ran);
    assertThat(byBoxes.lines().toList().get(0)).isEqualTo(byGrid.lines().toList().get(0));
    assertThat(byBoxes).isNotEqualTo(byGrid);
  }

  /** The raw scores of both. */
  private static String scores(Remap.Ran ran) {
    assertThat(ran.status()).as("%s", ran).isZero();
    return String.join(
        "\n",
        ran.out()
            .lines()
            .filter(line -> line.matches("\\s*(gem|rmac) .*"))
            .map(line -> line.strip().split(" +", -1)[0] + " " + line.strip().split(" +", -1)[2])
            .toList());
  }

  @Test
  void whatIsNoTableOfBoxesIsOneSentence() throws IOException {
    Remap remap = copy("bad");
    Path path = folder.resolve("bad.parquet");
    Files.writeString(path, "no table");
    remap.set("extractor.regions-table", path);
    remap.run("extract").assertRefused(2, path.toString(), "extractor.regions-table");
    remap.set("extractor.regions-table", folder.resolve("none.parquet"));
    remap.run("extract").assertRefused(2, "none.parquet", "extractor.regions-table");
    String text = "required binary image_id (STRING); ";
    remap.set(
        "extractor.regions-table",
        table("missing", "message t { " + text + SIDES.replace("height", "h") + " }", List.of()));
    remap.run("extract").assertRefused(2, "has no column height, but image_id, x, y, width, h");
    remap.set(
        "extractor.regions-table",
        table("typed", "message t { required int64 image_id; " + SIDES + " }", List.of()));
    remap.run("extract").assertRefused(2, "the column image_id, which must be of texts");
    remap.set(
        "extractor.regions-table", table("empty", "message t { " + text + SIDES + " }", List.of()));
    remap.run("extract").assertRefused(2, "has no rows");
    remap
        .set("extractor.regions-table", table("good", SCORED, some()))
        .set("extractor.aggregator", "gem")
        .run("extract")
        .assertRefused(2, "extractor.regions-table has no effect here");
    remap
        .set("extractor.aggregator", "remap")
        .run("weigh", "--groups", ".")
        .assertRefused(2, "boxes have their scores for weights");
    assertThat(remap.succeed("whiten-regions", "--for", "dir").out())
        .contains("regions are those of the grid");
    remap
        .set("extractor.aggregator", "rmac")
        .set("extractor.levels", 2)
        .run("extract")
        .assertRefused(2, "extractor.levels has no effect here", "regions-table has the regions");
  }
}
