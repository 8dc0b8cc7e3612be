package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.MinedRow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The page about an index: it is whole, says what the store says, and takes no id for markup. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportTest {
  private static final long SEED = 20270404;

  static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)<|script>.jpg",
          "\"quoted\" & 'so'.jpg",
          "{{store}}.jpg",
          "\uD83D\uDC08 \u05D7\u05EA\u05D5\u05DC.jpg",
          "x".repeat(240) + ".jpg");

  private Path folder;
  private Remap remap;

  @BeforeAll
  void evaluatedNights(@TempDir Path temporary) throws IOException {
    LocalSpark.use("local[2]");
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    DrillStore.catalogue(catalogue, SEED);
    Random random = new Random(SEED);
    Path group = Files.createDirectories(catalogue.resolve("g02/" + "y".repeat(80)));
    for (String name : HOSTILE) {
      Pictures.write(group.resolve(name), random, Pictures.LONG, Pictures.SHORT);
    }
    remap = DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"));
    remap.succeed("reindex", "--catalogue", catalogue.toString());
    Pictures.write(catalogue.resolve("g01/new.jpg"), random, Pictures.LONG, Pictures.SHORT);
    remap.succeed("reindex", "--catalogue", catalogue.toString());
    remap.succeed("evaluate", "--groups", ".");
  }

  private String page(String name, String... more) throws IOException {
    Path file = folder.resolve(name);
    List<String> arguments = new ArrayList<>(List.of("--out", file.toString()));
    arguments.addAll(List.of(more));
    assertThat(remap.succeed("report", arguments.toArray(String[]::new)).out())
        .contains("report of index 'default': " + file);
    return Files.readString(file);
  }

  static Document parsed(String page) throws Exception {
    String body = page.replaceFirst("<!DOCTYPE html>", "");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
  }

  static Stream<Element> all(Document page, String tag) {
    return all(page.getDocumentElement(), tag);
  }

  private static Stream<Element> all(Element below, String tag) {
    NodeList found = below.getElementsByTagName(tag);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i));
  }

  @Test
  void itShowsQueriesWithTheirHitsAsPicturesThatCanBeRead() throws Exception {
    Document page = parsed(page("report.html"));

    List<Element> frames =
        all(page, "li").filter(item -> !item.getAttribute("class").isEmpty()).toList();
    assertThat(frames.stream().filter(item -> item.getAttribute("class").equals("query")))
        .hasSize(9);
    assertThat(frames.stream().map(item -> item.getAttribute("class")).distinct())
        .containsExactlyInAnyOrder("query", "right", "wrong");
    for (Element item : frames) {
      boolean right = item.getTextContent().contains("\u2713");
      assertThat(right).isEqualTo(item.getAttribute("class").equals("right"));
    }
    List<String> pictures = all(page, "img").map(image -> image.getAttribute("src")).toList();
    assertThat(pictures).hasSize(9 * 11);
    for (String picture : pictures) {
      assertThat(picture).startsWith("data:image/jpeg;base64,");
      byte[] jpeg = Base64.getDecoder().decode(picture.substring(picture.indexOf(',') + 1));
      assertThat(ImageIO.read(new ByteArrayInputStream(jpeg)).getWidth()).isPositive();
    }
  }

  @Test
  void itIsWholeAndTakesNothingFromElsewhere() throws Exception {
    String text = page("whole.html");
    Document page = parsed(text);

    assertThat(all(page, "script")).isEmpty();
    assertThat(all(page, "link")).isEmpty();
    assertThat(text)
        .doesNotContain(
            "http:", "https:", "{{store}} ", "<script", "earlier publications", "earlier ones");
    assertThat(all(page, "h2").map(Element::getTextContent))
        .containsExactly("Run", "Retrieval", "Statistics", "Gate");
    assertThat(all(page, "svg").count()).isGreaterThanOrEqualTo(2);
    assertThat(all(page, "th").map(Element::getTextContent))
        .contains("extract", "evaluate-groups", "self-retrieval", "groups .");
    String all = page.getDocumentElement().getTextContent();
    assertThat(all).contains("Images listed30", "Entries searched28", "JPEG, PNG");
  }

  @Test
  void itHasWhatTheNumbersOfTheGenerationLookLike() throws Exception {
    Path store = folder.resolve("counted");
    FiveNights.tree(remap.store(), store);
    Remap counted =
        DrillStore.settings(new Remap(store), folder.resolve("backbone"))
            .set("dedup.max-group-ratio", 1);
    counted.succeed("knn", "-k", "3");
    counted.succeed("dedup", "--threshold", "0.99");
    counted.succeed("tune", "-k", "2", "--recall", "0.01", "--keep");
    Path file = folder.resolve("counted.html");
    counted.succeed("report", "--out", file.toString());

    Document page = parsed(Files.readString(file));
    assertThat(page.getDocumentElement().getTextContent())
        .contains("28 sampled descriptors have lengths from ")
        .containsPattern("\\d+ inverted lists hold 28 entries: the longest \\d+")
        .containsPattern("Searches visit 1 lists? and .*: the point that tune --keep has left");
    assertThat(all(page, "figcaption").map(Element::getTextContent))
        .contains(
            "Norms of descriptors: the length that so many do not exceed",
            "Share of the known variance in the first directions of the PCA",
            "Imbalance of the inverted lists, by publication");
    assertThat(all(page, "th").map(Element::getTextContent))
        .contains("Duplicates")
        .anyMatch(text -> text.endsWith("-score0.99-most-pixels"));
  }

  @Test
  void itDrawsWhatTheLastTuneOfTheIndexHasMeasured() throws Exception {
    Path store = folder.resolve("tuned");
    FiveNights.tree(remap.store(), store);
    Remap tuned = DrillStore.settings(new Remap(store), folder.resolve("backbone"));
    tuned.succeed("tune", "-k", "3");
    String said = tuned.run("tune", "-k", "2", "--copies", "5", "--json").out();
    Path file = folder.resolve("tuned.html");
    tuned.succeed("report", "--out", file.toString());

    Document page = parsed(Files.readString(file));
    assertThat(page.getDocumentElement().getTextContent())
        .contains(
            "on generation 2: 40 queries (distorted copies), each for its 2 nearest",
            "recall@2 against nprobe, the 20 best ranked again by their stored vectors")
        .doesNotContain("recall@3");
    Element chart =
        all(page, "figure")
            .filter(it -> it.getTextContent().contains("recall@2 against nprobe, without"))
            .findFirst()
            .orElseThrow();
    List<String> points = all(chart, "title").map(Element::getTextContent).toList();
    JsonNode table = new ObjectMapper().readTree(said).path("tables").get(0);
    assertThat(points).hasSize(table.size());
    for (int i = 0; i < table.size(); i++) {
      Matcher point =
          Pattern.compile("nprobe (\\d+): ([\\d.]+) ± [\\d.]+, ([\\d.]+) ms .*")
              .matcher(points.get(i));
      assertThat(point.matches()).as(points.get(i)).isTrue();
      assertThat(point.group(1)).isEqualTo(table.get(i).path("nprobe").asText());
      assertThat(Double.parseDouble(point.group(2)))
          .isCloseTo(table.get(i).path("recall@2").asDouble(), within(0.0006));
      assertThat(point.group(3)).isEqualTo(table.get(i).path("ms a query").asText());
    }

    for (String run : FiveNights.list(tuned, "evaluations")) {
      Path curve = store.resolve("evaluations/" + run + "/curve.json");
      if (Files.exists(curve)) {
        Files.writeString(curve, Files.readString(curve).replace("\"k\" : 2", "\"k\" : 4"));
      }
    }
    assertThat(tuned.succeed("report", "--out", file.toString()).out())
        .containsPattern("a curve of tune is left out: .*curve.json");
    assertThat(Files.readString(file)).contains("recall@3 against nprobe");

    // Runs of earlier versions have left none.
    for (String run : FiveNights.list(tuned, "evaluations")) {
      Files.deleteIfExists(store.resolve("evaluations/" + run + "/curve.json"));
    }
    tuned.succeed("report", "--out", file.toString());
    assertThat(Files.readString(file)).doesNotContain("against nprobe", "Measured by tune");
  }

  @Test
  void itShowsWhatTheLastTrainingHasLearntFrom() throws Exception {
    Path store = folder.resolve("trained");
    FiveNights.tree(remap.store(), store);
    Remap trained =
        DrillStore.settings(new Remap(store), folder.resolve("backbone")).set("train.epochs", 1);
    Path groups = folder.resolve("eight.csv");
    Files.writeString(groups, "image_id,group\n" + String.join("", eightGroups()));
    trained.succeed("train", "--groups", groups.toString());
    Path file = folder.resolve("trained.html");
    trained.succeed("report", "--out", file.toString());

    List<Element> frames =
        all(parsed(Files.readString(file)), "ul")
            .filter(list -> list.getTextContent().contains("\u2713 g0"))
            .flatMap(list -> all(list, "li"))
            .toList();
    assertThat(frames).isNotEmpty();
    for (int i = 0; i < frames.size(); i++) {
      assertThat(all(frames.get(i), "img")).as("picture %d", i).hasSize(1);
    }
    Map<String, String> groupOf = new HashMap<>();
    for (String row : eightGroups()) {
      int comma = row.indexOf(',');
      groupOf.put(row.substring(0, comma), row.substring(comma + 1));
    }
    String query = groupOf.get(name(frames.get(0)));
    assertThat(groupOf.get(name(frames.get(1)))).as("the positive").isEqualTo(query);
    assertThat(groupOf.get(name(frames.get(2)))).as("the hardest negative").isNotEqualTo(query);
    String id = FiveNights.list(trained, "weights").get(0);
    List<List<MinedRow>> mined = TrainRuns.mined(trained, id);
    assertThat(frames.stream().map(ReportTest::name))
        .containsExactlyElementsOf(
            mined.stream().limit(10).flatMap(List::stream).map(MinedRow::imageId).toList());
    JsonNode training =
        new ObjectMapper().readTree(TrainRuns.file(trained, id, "training").toFile());
    assertThat(Files.readString(file))
        .as("two images of each group are queries")
        .contains("Of the " + 2 * training.get("learnt").size() + " queries");

    TrainRuns.asOfEarlierVersions(trained, id);
    trained.succeed("gc");
    assertThat(trained.succeed("verify").out()).contains("all is well");
    assertThat(TrainRuns.file(trained, id, "mined")).hasExtension("jsonl");
    trained.succeed("evaluate", "--groups", ".");
    trained.succeed("report", "--out", file.toString());
    assertThat(Files.readString(file))
        .contains("Region weights over an image")
        .doesNotContain("What the last training learnt from");
  }

  @Test
  void itTellsTheExponentsOfTheLastTrainingThatHadSome() throws Exception {
    Path store = folder.resolve("exponents");
    FiveNights.tree(remap.store(), store);
    Remap trained =
        DrillStore.settings(new Remap(store), folder.resolve("backbone")).set("train.epochs", 1);
    Path groups = folder.resolve("some.csv");
    Files.writeString(groups, "image_id,group\n" + String.join("", eightGroups()));
    trained.succeed(
        "train",
        "--groups",
        groups.toString(),
        "--set",
        "extractor.aggregator=gem",
        "--parts",
        "p");
    Path file = folder.resolve("exponents.html");
    trained.succeed("report", "--out", file.toString());

    assertThat(Files.readString(file))
        .containsPattern("Exponents of gem [0-9a-f]{16}: [0-9.]+ for all 5 channels\\.")
        .contains("What the last training learnt from");
  }

  /** Rows that put the images of two folders into eight groups. */
  private List<String> eightGroups() throws IOException {
    List<String> rows = new ArrayList<>();
    for (String part : List.of("g00", "g01")) {
      try (Stream<Path> files = Files.list(folder.resolve("catalogue").resolve(part))) {
        List<String> names =
            files
                .map(file -> file.getFileName().toString())
                .filter(name -> name.matches("p\\d.*"))
                .sorted()
                .limit(8)
                .toList();
        for (int i = 0; i < names.size(); i++) {
          rows.add(part + "/" + names.get(i) + "," + part + i / 2 + "\n");
        }
      }
    }
    return rows;
  }

  /** The image that is named below a picture. */
  private static String name(Element frame) {
    return all(frame, "bdi").findFirst().orElseThrow().getTextContent();
  }

  @Test
  void itHasIdsWithoutPictures() throws Exception {
    Document page = parsed(page("ids.html", "--no-pictures"));

    assertThat(all(page, "img")).isEmpty();
    assertThat(all(page, "li").filter(item -> item.getAttribute("class").equals("query")))
        .hasSize(9);
  }

  @Test
  void labelsThatHaveMovedCostTheirRowsAlone() throws Exception {
    Path store = folder.resolve("moved");
    FiveNights.tree(remap.store(), store);
    Remap moved = DrillStore.settings(new Remap(store), folder.resolve("backbone"));
    Path labels = folder.resolve("labels.csv");
    Files.writeString(labels, "image_id,group\ng01/new.jpg,a\n" + anotherId() + ",a\n");
    moved.succeed("evaluate", "--groups", labels.toString());
    Files.delete(labels);
    Path file = folder.resolve("moved.html");
    moved.succeed("report", "--out", file.toString());

    Document page = parsed(Files.readString(file));
    assertThat(page.getDocumentElement().getTextContent())
        .contains("cannot be shown: " + labels + " does not exist", "groups " + labels);
    assertThat(all(page, "li").filter(item -> item.getAttribute("class").equals("query")))
        .isEmpty();
  }

  /** Of an image that is described. */
  private String anotherId() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("catalogue/g00"))) {
      return "g00/"
          + files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.equals("text.jpg"))
              .sorted()
              .findFirst()
              .orElseThrow();
    }
  }

  @Test
  void whatCannotBeIsOneSentence() {
    remap
        .run("report", "--out", folder.toString())
        .assertRefused(2, "--out is", "a folder: give the name of a file in it");
    remap
        .run("report", "--out", folder.resolve("none/page.html").toString())
        .assertRefused(2, "There is no folder", "make it");
    remap
        .run("report", "--out", "s3a://bucket/page.html")
        .assertRefused(2, "give a file of this machine");
    remap
        .run("report", "--out", folder.resolve("page.html").toString(), "--name", "other")
        .assertRefused(2, "other");
  }
}
