package dev.remap.jobs.cli;

import static dev.remap.jobs.cli.ReportTest.all;
import static dev.remap.jobs.cli.ReportTest.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The page that a search writes: what the search says, as pictures where there are any. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HitsPageTest {
  private static final long SEED = 20270405;
  private static final int IMAGES = 20;

  private Path folder;
  private Path queries;
  private Remap remap;

  @BeforeAll
  void night(@TempDir Path temporary) throws IOException {
    LocalSpark.use("local[2]");
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    images(catalogue, ReportTest.HOSTILE);
    queries = folder.resolve("queries");
    images(queries, List.of("<b>a.jpg", "b.jpg"));
    Files.writeString(queries.resolve("c.txt"), "no image");
    remap = DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"));
    remap.succeed("reindex", "--catalogue", catalogue.toString());
  }

  /** Those names, and as many others as make up a catalogue. */
  private static void images(Path folder, List<String> names) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(SEED);
    List<String> all = new ArrayList<>(names);
    IntStream.range(0, names.size() > 2 ? IMAGES - names.size() : 0)
        .forEach(i -> all.add("p" + i + ".jpg"));
    for (String name : all) {
      Pictures.write(folder.resolve(name), random, Pictures.LONG, Pictures.SHORT);
    }
  }

  private String search(Remap remap, Path page, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("-k", "20", "--nprobe", "99", "--html", page.toString()));
    arguments.addAll(List.of(more));
    return remap.succeed("search", arguments.toArray(String[]::new)).out();
  }

  private static List<Element> items(Document page, boolean areQueries) {
    return all(page, "li")
        .filter(item -> item.getAttribute("class").equals("query") == areQueries)
        .toList();
  }

  @Test
  void everyHitThatIsSaidIsOnThePageWithItsPicture() throws Exception {
    Path file = folder.resolve("hits.html");
    Remap.Ran ran =
        remap.run(
            "search",
            "--image",
            queries.toString(),
            "-k",
            "20",
            "--nprobe",
            "99",
            "--json",
            "--html",
            file.toString());
    assertThat(ran.status()).as("%s", ran).isZero();
    assertThat(ran.err()).contains("hits as pictures: " + file);
    String text = Files.readString(file);
    Document page = parsed(text);

    List<String> expected = new ArrayList<>();
    for (String line : ran.out().lines().toList()) {
      JsonNode answer = new ObjectMapper().readTree(line);
      int rank = 0;
      for (JsonNode hit : answer.path("hits")) {
        expected.add(
            String.format(
                Locale.ROOT,
                "%d %.4f %s",
                ++rank,
                hit.path("score").asDouble(),
                hit.path("image_id").asText()));
      }
    }
    assertThat(expected).hasSize(2 * IMAGES);
    assertThat(items(page, false).stream().map(Element::getTextContent))
        .containsExactlyElementsOf(expected);
    assertThat(items(page, true)).hasSize(3);
    assertThat(all(page, "h2").map(Element::getTextContent))
        .containsExactly(
            "file:" + queries.resolve("<b>a.jpg"),
            "file:" + queries.resolve("b.jpg"),
            "file:" + queries.resolve("c.txt"));
    assertThat(all(page, "p").filter(it -> it.getAttribute("class").equals("failed")))
        .singleElement()
        .extracting(Element::getTextContent)
        .asString()
        .startsWith("Not searched: ");
    List<String> pictures = all(page, "img").map(image -> image.getAttribute("src")).toList();
    assertThat(pictures).hasSize(2 * IMAGES + 2);
    for (String picture : pictures) {
      byte[] jpeg = Base64.getDecoder().decode(picture.substring(picture.indexOf(',') + 1));
      assertThat(ImageIO.read(new ByteArrayInputStream(jpeg)).getWidth()).isPositive();
    }
    assertThat(text).doesNotContain("http:", "https:", "<script", "<b>", "{{store}} ");
  }

  @Test
  void whatCannotBeReadAnyMoreSaysSoInItsPlace() throws Exception {
    Path catalogue = folder.resolve("fleeting");
    images(catalogue, ReportTest.HOSTILE);
    Remap other = DrillStore.settings(new Remap(folder.resolve("other")), folder.resolve("net"));
    other.succeed("reindex", "--catalogue", catalogue.toString());
    Files.delete(catalogue.resolve("p0.jpg"));
    Files.delete(catalogue.resolve("p1.jpg"));
    Path file = folder.resolve("gone.html");
    search(other, file, "--image", queries.resolve("b.jpg").toString());

    Document page = parsed(Files.readString(file));
    assertThat(all(page, "img")).hasSize(1 + IMAGES - 2);
    assertThat(items(page, false).stream().map(Element::getTextContent))
        .hasSize(IMAGES)
        .filteredOn(text -> text.contains("cannot be read"))
        .hasSize(2)
        .allMatch(text -> text.endsWith(" p0.jpg") || text.endsWith(" p1.jpg"));
  }

  @Test
  void privatePicturesStayOutAndIdsAreThere() throws Exception {
    Path file = folder.resolve("private.html");
    search(
        remap,
        file,
        "--image",
        queries.resolve("b.jpg").toString(),
        "--set",
        "report.pictures=false");

    String text = Files.readString(file);
    assertThat(text).doesNotContain("data:").contains("the setting report.pictures is off");
    assertThat(items(parsed(text), false)).hasSize(IMAGES);
  }

  @Test
  void anIndexOfVectorsHasItsIds() throws Exception {
    Path catalogue = Files.createDirectories(folder.resolve("vectors")).resolve("a.fvecs");
    ByteBuffer bytes = ByteBuffer.allocate(20 * 36).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(SEED);
    for (int i = 0; i < 20; i++) {
      bytes.putInt(8);
      IntStream.range(0, 8).forEach(d -> bytes.putFloat((float) random.nextGaussian()));
    }
    Files.write(catalogue, bytes.array());
    Remap given =
        new Remap(folder.resolve("given"))
            .set("catalogue.format", "embeddings")
            .set("embeddings.dimension", 8)
            .set("whitening.method", "none")
            .set("quantizer.spec", "IVF2,PQ4x4np")
            .set("publish.min-self-retrieval", 0);
    given.succeed("reindex", "--catalogue", catalogue.getParent().toString());
    Path file = folder.resolve("given.html");
    search(given, file, "--vectors", catalogue.toString());

    String text = Files.readString(file);
    assertThat(text).contains("there are no pictures").doesNotContain("<img");
    assertThat(items(parsed(text), true)).hasSize(20);
  }

  @Test
  void noPlaceForItIsSaidBeforeTheSearch() {
    String image = queries.resolve("b.jpg").toString();
    for (String wrong : List.of("-", folder.toString(), "/not/there/x.html", "s3a://b/x.html")) {
      Remap.Ran ran = remap.run("search", "--image", image, "--html", wrong);
      ran.assertRefused(2, "--html");
      assertThat(ran.out()).isEmpty();
    }
  }
}
