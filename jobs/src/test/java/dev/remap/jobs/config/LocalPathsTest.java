package dev.remap.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPathsTest {
  @TempDir private Path here;

  private String catalogue(String uri, String filesystem) {
    Settings settings = Settings.load(null, Map.of()).with("catalogue.uri", uri);
    return LocalPaths.absolute(settings, filesystem, here).string("catalogue.uri");
  }

  @ParameterizedTest
  @CsvSource({
    "photos, HERE/photos",
    "./photos/*.csv, HERE/photos/*.csv",
    "./, HERE/",
    "a/../photos, HERE/a/../photos",
    "/photos, /photos",
    "file:/photos, file:/photos",
    "s3a://bucket/photos, s3a://bucket/photos",
    "12:30.jpg, HERE/12:30.jpg",
  })
  void aRelativePathOfALocalFilesystemIsSaidInFull(String given, String said) {
    assertThat(catalogue(given, "file:///")).isEqualTo(said.replace("HERE", here.toString()));
  }

  @Test
  void stepsUpAreTakenFromWhereTheFolderIs() throws IOException {
    Path below = Files.createDirectories(here.resolve("a/b"));
    Path link = Files.createSymbolicLink(here.resolve("link"), below);
    Path above = here.toRealPath();

    assertThat(seenFrom(below, "../photos")).isEqualTo(above + "/a/photos");
    assertThat(seenFrom(below, "./..//../photos/../x")).isEqualTo(above + "/photos/../x");
    assertThat(seenFrom(below, "../")).isEqualTo(above + "/a/");
    assertThat(seenFrom(below, "..")).isEqualTo(above + "/a/");
    assertThat(seenFrom(below, "..x")).isEqualTo(below + "/..x");
    assertThat(seenFrom(link, "../photos")).isEqualTo(above + "/a/photos");
    assertThat(seenFrom(below, "../".repeat(99) + "photos")).isEqualTo("/photos");
  }

  private static String seenFrom(Path folder, String given) {
    return LocalPaths.absolute(given, "file:///", folder);
  }

  @Test
  void aFileWithAColonInItsNameIsNoScheme() throws IOException {
    Files.createFile(here.resolve("s3a:x"));
    assertThat(catalogue("s3a:x", "file:///")).isEqualTo(here + "/s3a:x");
  }

  @Test
  void otherFilesystemsHaveFoldersOfTheirOwn() {
    assertThat(catalogue("photos", "hdfs://node:8020")).isEqualTo("photos");
  }

  @Test
  void whatACommandWasGivenIsRepeatedWithThePlacesThatItMeant() throws IOException {
    Files.createDirectory(here.resolve("network"));
    Map<String, String> set = new LinkedHashMap<>();
    set.put("unit.images", "7");
    set.put("extractor.backbone", "network");
    set.put("publish.groups", "labels.csv");
    Settings settings = LocalPaths.absolute(Settings.load(null, set), "file:///", here);

    assertThat(settings.string("extractor.backbone")).isEqualTo(here + "/network");
    assertThat(settings.given())
        .containsExactly(
            "--set", "unit.images=7",
            "--set", "extractor.backbone=" + here + "/network",
            "--set", "publish.groups=" + here + "/labels.csv");
  }

  @Test
  void filesOfThePartsOfAConcatenationAreSaidInFull() throws IOException {
    Files.createFile(here.resolve("w.json"));
    String parts =
        "[{aggregator=remap,region-weights=./w.json,weight=2},{aggregator=dir,region-whitening=no}]";
    Settings settings = Settings.load(null, Map.of("extractor.concat", parts));
    Settings absolute = LocalPaths.absolute(settings, "file:///", here);

    assertThat(AggregatorSettings.parts(absolute))
        .extracting(
            part -> part.string("extractor.region-weights"),
            part -> part.string("extractor.region-whitening"),
            part -> part.number("extractor.weight"))
        .containsExactly(tuple(here + "/w.json", "", 2.0), tuple("", "no", 1.0));
    String repeated = absolute.given().get(1);
    assertThat(repeated).startsWith("extractor.concat=[{");
    String value = repeated.substring(repeated.indexOf('=') + 1);
    assertThat(Settings.load(null, Map.of("extractor.concat", value)).toJson())
        .isEqualTo(absolute.toJson());
  }

  @Test
  void theNameOfWeightsInAPartIsNoFileEvenBesideOneOfThatName() throws IOException {
    Files.createFile(here.resolve("published"));
    Files.createFile(here.resolve("0123456789abcdef"));
    String parts =
        "[{aggregator=remap,region-weights=published},{aggregator=dir,region-whitening=0123456789abcdef}]";
    Settings settings = Settings.load(null, Map.of("extractor.concat", parts));

    assertThat(AggregatorSettings.parts(LocalPaths.absolute(settings, "file:///", here)))
        .extracting(
            part -> part.string("extractor.region-weights"),
            part -> part.string("extractor.region-whitening"))
        .containsExactly(tuple("published", ""), tuple("", "0123456789abcdef"));
  }

  /** A run's record and a repeated command name the file that was meant. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "extractor.region-weights",
        "extractor.gem-p-file",
        "extractor.hew-mean-file",
      })
  void filesOfAnExtractorAreSaidInFullIfTheyAreHere(String key) throws IOException {
    Files.createFile(here.resolve("here.json"));
    for (String[] one :
        new String[][] {{"here.json", here + "/here.json"}, {"no.json", "no.json"}}) {
      Settings settings = Settings.load(null, Map.of(key, one[0]));

      assertThat(LocalPaths.absolute(settings, "file:///", here).string(key)).isEqualTo(one[1]);
    }
  }

  /** It starts at the installation where it is not here. */
  @Test
  void theDefaultBackboneStaysWhereItIs() throws IOException {
    Files.createDirectories(here.resolve("conf/backbones/mobilenet_v2_140_nsfwjs"));
    Settings settings = Settings.load(null, Map.of());

    assertThat(LocalPaths.absolute(settings, "file:///", here).string("extractor.backbone"))
        .isEqualTo(settings.string("extractor.backbone"));
  }

  @Test
  void theCatalogueItselfAsGroupsIsNoPath() {
    Settings settings = Settings.load(null, Map.of("publish.groups", "."));

    assertThat(LocalPaths.absolute(settings, "file:///", here).string("publish.groups"))
        .isEqualTo(".");
  }

  @Test
  void groupsByWhatIdsBeginWithAreNoPathUnlessThereIsSuchAFolder() throws IOException {
    Settings settings = Settings.load(null, Map.of("publish.groups", "shoes"));
    assertThat(LocalPaths.absolute(settings, "file:///", here).string("publish.groups"))
        .isEqualTo("shoes");
    Files.createDirectory(here.resolve("shoes"));
    assertThat(LocalPaths.absolute(settings, "file:///", here).string("publish.groups"))
        .isEqualTo(here + "/shoes");
  }
}
