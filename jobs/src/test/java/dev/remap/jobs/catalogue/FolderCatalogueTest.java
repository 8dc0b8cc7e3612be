package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderCatalogueTest {
  private static SparkSession session;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.sharedSession();
  }

  private void file(String name, int bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[bytes]);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
  }

  private Map<String, ListedImage> list(String... more) {
    Map<String, String> pairs =
        more.length == 0 ? Map.of() : Map.of("catalogue.extensions", more[0]);
    Catalogue catalogue =
        Catalogues.of(Settings.load(null, pairs).with("catalogue.uri", folder.toString()));
    return catalogue.list(LocalSpark.spark()).collect().stream()
        .collect(Collectors.toMap(ListedImage::imageId, Function.identity()));
  }

  @Test
  void filesOfNestedFoldersAreNamedByTheirPathBelowTheRoot() throws IOException {
    file("top.jpg", 3);
    file("a/one.jpg", 4);
    file("a/b/c/deep.png", 5);
    file("d d/Müller's \"x\" 100%.webp", 6);
    Files.createDirectory(folder.resolve("nothing in it"));

    Map<String, ListedImage> images = list();

    assertThat(images.keySet())
        .containsExactlyInAnyOrder(
            "top.jpg", "a/one.jpg", "a/b/c/deep.png", "d d/Müller's \"x\" 100%.webp");
    assertThat(images.get("a/b/c/deep.png"))
        .isEqualTo(
            new ListedImage(
                "a/b/c/deep.png", "file:" + folder + "/a/b/c/deep.png", "5@1700000000000", 5));
  }

  /** The URI that is listed leads back to the file. */
  @Test
  void everyListedUriCanBeRead() throws Exception {
    List<String> names =
        new ArrayList<>(List.of("é#?&%20+.jpg", "sub dir/q'\".jpg", "1:2/3:4.jpg"));
    // What begins with a dot is hidden.
    CatalogueImageTest.NAMES.stream().filter(name -> !name.startsWith(".")).forEach(names::add);
    for (int i = 0; i < names.size(); i++) {
      file(names.get(i), i + 1);
    }

    Map<String, ListedImage> images = list();

    for (int i = 0; i < names.size(); i++) {
      ListedImage image = images.get(names.get(i)).checked();
      byte[] bytes =
          new CatalogueImage(
                  image.imageId(),
                  image.uri(),
                  image.version(),
                  100,
                  session.sparkContext().hadoopConfiguration())
              .read();
      assertThat(bytes).as(names.get(i)).hasSize(i + 1);
    }
  }

  @Test
  void onlyFilesWithAnEndingOfAnImageAreListed() throws IOException {
    for (String name :
        List.of(
            "a.jpg", "b.JPG", "c.Jpeg", "d.png", "e.webp", "f.gif", "g.txt", "jpg", "h.jpg.txt")) {
      file(name, 1);
    }
    Files.createDirectories(folder.resolve("folder.jpg"));
    file("folder.jpg/inside.png", 1);

    assertThat(list().keySet())
        .containsExactlyInAnyOrder(
            "a.jpg", "b.JPG", "c.Jpeg", "d.png", "e.webp", "folder.jpg/inside.png");
    assertThat(list("[GIF, txt]").keySet())
        .containsExactlyInAnyOrder("f.gif", "g.txt", "h.jpg.txt");
  }

  @Test
  void aChangedFileHasAnotherVersion() throws IOException {
    file("a.jpg", 3);
    String before = list().get("a.jpg").version();
    file("a.jpg", 4);
    String longer = list().get("a.jpg").version();
    Files.setLastModifiedTime(folder.resolve("a.jpg"), FileTime.fromMillis(1_700_000_000_001L));
    String touched = list().get("a.jpg").version();

    assertThat(List.of(before, longer, touched)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "x.parquet,TableCatalogue",
    "x.csv,TableCatalogue",
    "x.CSV.gz,TableCatalogue",
    "x.jsonl,TableCatalogue",
    "x.json,TableCatalogue",
    "x,FolderCatalogue",
    "csv,FolderCatalogue"
  })
  void theEndingTellsATableFromAFolder(String uri, String type) {
    Settings settings = Settings.load(null, Map.of("catalogue.uri", uri));

    assertThat(Catalogues.of(settings).getClass().getSimpleName()).isEqualTo(type);
    assertThat(Catalogues.of(settings.with("catalogue.format", "folder")))
        .isInstanceOf(FolderCatalogue.class);
    assertThat(Catalogues.of(settings.with("catalogue.format", "Parquet")))
        .isInstanceOf(TableCatalogue.class);
  }

  @Test
  void aCatalogueThatIsNotThereIsNamed() {
    Settings settings = Settings.load(null, Map.of("catalogue.uri", folder + "/nothing"));

    assertThatThrownBy(() -> Catalogues.of(settings).list(LocalSpark.spark()))
        .isInstanceOf(InputException.class)
        .hasMessage("Catalogue %s/nothing does not exist: check --catalogue", folder);
  }

  @Test
  void manyFoldersOfManyDepthsAreEachListedOnce() throws IOException {
    for (int i = 0; i < 120; i++) {
      file("d/".repeat(i % 12) + "f" + i + "/x.jpg", 1);
    }

    assertThat(list()).hasSize(120);
  }
}
