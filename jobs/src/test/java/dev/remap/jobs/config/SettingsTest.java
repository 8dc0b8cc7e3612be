package dev.remap.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @TempDir private Path folder;

  private static Settings with(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return Settings.load(null, map);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("own.conf"), text);
  }

  @Test
  void theDefaultsAreTheDocumentedFile() throws IOException {
    String documented = Files.readString(Path.of("../conf/remap.conf"));

    assertThat(with().toJson())
        .isEqualTo(
            ConfigFactory.parseString(documented)
                .root()
                .render(com.typesafe.config.ConfigRenderOptions.concise()));
    assertThat(with().integer("unit.images")).isEqualTo(16384);
    assertThat(with().string("store")).isEmpty();
  }

  @Test
  void aFileWinsOverTheDefaultsAPairOverTheFileAndAnOptionOverAll() throws IOException {
    Path own = file("unit { images = 10, attempts = 3 }\nsearch.k = 5");

    Settings settings = Settings.load(own, Map.of("unit.images", "20", "search.k", "6"));

    assertThat(settings.integer("unit.attempts")).isEqualTo(3);
    assertThat(settings.integer("unit.images")).isEqualTo(20);
    assertThat(settings.with("search.k", "7").integer("search.k")).isEqualTo(7);
    assertThat(settings.integer("search.k")).as("with() makes another").isEqualTo(6);
    assertThat(settings.integer("search.nprobe")).as("left alone").isZero();
  }

  @Test
  void aFileMayBeJson() throws IOException {
    assertThat(Settings.load(file("{\"unit\": {\"images\": 7}}"), Map.of()).integer("unit.images"))
        .isEqualTo(7);
  }

  @Test
  void pathsAndUrisNeedNoQuotes() {
    Settings settings =
        with(
            "catalogue.uri", "s3a://bucket/a path/with=sign",
            "store", "/data//store#1 ${HOME}",
            "index.name", "\"quoted\"",
            "extractor.region-weights", "");

    assertThat(settings.string("catalogue.uri")).isEqualTo("s3a://bucket/a path/with=sign");
    assertThat(settings.string("store")).isEqualTo("/data//store#1 ${HOME}");
    assertThat(settings.string("index.name")).isEqualTo("quoted");
    assertThat(settings.string("extractor.region-weights")).isEmpty();
  }

  @Test
  void everyKindOfValueIsRead() {
    Settings settings =
        with(
            "image.max-bytes", "10k",
            "image.read-timeout", "1500ms",
            "whitening.power", "0.25",
            "image.max-pixels", "5000000000",
            "catalogue.extensions", "[tif, png]",
            "extractor.scales",
                "[{long-side=8,short-side=4,weight=2},{long-side=2,short-side=1,weight=1}]");

    assertThat(settings.bytes("image.max-bytes")).isEqualTo(10 * 1024);
    assertThat(settings.duration("image.read-timeout")).isEqualTo(Duration.ofMillis(1500));
    assertThat(settings.number("whitening.power")).isEqualTo(0.25);
    assertThat(settings.count("image.max-pixels")).isEqualTo(5_000_000_000L);
    assertThat(settings.strings("catalogue.extensions")).isEqualTo(List.of("tif", "png"));
    assertThat(settings.objects("extractor.scales")).hasSize(2);
    assertThat(settings.objects("extractor.scales").get(0).getInt("long-side")).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unit.image | 3 | (did you mean unit.images?)",
        "k | 3 | (did you mean knn.k?)",
        "whitening.dimensions | 3 | (did you mean whitening.dimension?)",
        "stores | x | (did you mean store?)",
        "unit.images | many | unit.images must be a number, like 16384",
        "catalogue.extensions | jpg | must be a list, like [",
        "unit | 3 | unit must be a group of settings",
      })
  void aKeyOrTypeThatTheDefaultsDoNotHaveIsRefused(String key, String value, String part) {
    assertThatThrownBy(() -> with(key, value))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--set " + key + "=" + value)
        .hasMessageContaining(part);
    assertThatThrownBy(() -> Settings.load(file(key + " = " + value), Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("own.conf")
        .hasMessageContaining(part);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unit.images | { | unit.images must be a number",
        "catalogue.extensions | [jpg | catalogue.extensions must be a list",
        "unit..images | 3 | unit..images",
        "'' | 3 | ''",
      })
  void aPairThatIsNoSettingAtAllIsRefused(String key, String value, String part) {
    assertThatThrownBy(() -> with(key, value))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--set " + key + "=" + value)
        .hasMessageContaining(part);
  }

  @Test
  void aListIsNoText() {
    assertThatThrownBy(() -> Settings.load(file("extract.device = [cpu]"), Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("extract.device must be a string, like \"auto\"");
  }

  @Test
  void anUnlikelyKeyGetsNoSuggestion() {
    assertThatThrownBy(() -> with("kaleidoscope", "red"))
        .hasMessageContaining("unknown setting kaleidoscope. conf/remap.conf lists them all");
  }

  @ParameterizedTest
  @CsvSource({"1,1,10", "10,1,10"})
  void boundsAreIncluded(int value, int least, int most) {
    Settings settings = with("search.k", Integer.toString(value), "whitening.power", "" + value);

    assertThat(settings.integer("search.k", least, most)).isEqualTo(value);
    assertThat(settings.number("whitening.power", least, most)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({"0,1,10", "11,1,10"})
  void valuesBeyondTheBoundsAreRefusedNamingThem(int value, int least, int most) {
    Settings settings = with("search.k", Integer.toString(value), "whitening.power", "" + value);

    assertThatThrownBy(() -> settings.integer("search.k", least, most))
        .isInstanceOf(InputException.class)
        .hasMessage("search.k is %d: it must be from 1 to 10", value);
    assertThatThrownBy(() -> settings.number("whitening.power", least, most))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("whitening.power is " + value + ".0: it must be from 1.0 to 10.0");
  }

  @ParameterizedTest
  @CsvSource({"2.5", "3000000000", "1e3x"})
  void aWholeNumberIsNotGuessedFromAnother(String value) {
    assertThatThrownBy(() -> with("search.k", value).integer("search.k", 1, 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("search.k");
  }

  @Test
  void sizesAndDurationsThatAreNoneAreRefusedWithTheirKey() {
    assertThatThrownBy(() -> with("image.max-bytes", "plenty").bytes("image.max-bytes"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("image.max-bytes: ")
        .hasMessageContaining("plenty");
    assertThatThrownBy(() -> with("image.read-timeout", "soon").duration("image.read-timeout"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("soon");
  }

  @Test
  void aPercentSignInAValueIsText() {
    assertThatThrownBy(() -> with("search.k", "%s%d"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--set search.k=%s%d");
  }

  @Test
  void settingsOfARecordAreJsonAndIncludeNothing() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret.conf"), "search { k = 10, nprobe = 0 }");
    Settings settings = with();

    assertThat(settings.hasSame("search", settings.toJson())).isTrue();
    assertThat(settings.hasSame("search", with("search.k", "11").toJson())).isFalse();
    assertThat(settings.hasSame("search", "include file(\"" + secret + "\")")).isFalse();
    assertThat(settings.hasSame("search", "search { k = 10, nprobe = 0 }")).isFalse();
    assertThat(settings.hasSame("search", "no settings")).isFalse();
  }

  @Test
  void whatIsNestedTooDeeplyIsRefusedInASentence() throws IOException {
    String deep = "[".repeat(200_000) + "]".repeat(200_000);
    Path own = file("search.k = " + deep);

    assertThat(with().hasSame("search", "{\"search\":" + deep + "}")).isFalse();
    assertThatThrownBy(() -> Settings.load(own, Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessage("Configuration file %s: it is nested too deeply", own);
    assertThatThrownBy(() -> with("search.k", deep))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("search.k must be a number");
  }

  @Test
  void whatCouldDoNothingBesideAnotherRunsSettingsIsNotPrinted() {
    String other = with("train.crop", "0.8", "extract.window", "32").toJson();

    assertThat(with().differing(other)).containsExactly("--set", "extract.window=32");
    String learning = with("train.crop", "0.8", "train.parts", "alpha,network").toJson();
    assertThat(with().differing(learning)).contains("train.crop=0.8", "train.parts=alpha,network");
  }
}
