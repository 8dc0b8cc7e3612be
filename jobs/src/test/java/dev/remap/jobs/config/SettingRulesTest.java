package dev.remap.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.remap.core.pooling.AggregationKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting of conf/remap.conf, as the file lists them. */
class SettingRulesTest {
  private static final Config DOCUMENTED =
      ConfigFactory.parseFile(Path.of("../conf/remap.conf").toFile());

  @TempDir private Path folder;

  static Set<String> keys() {
    return DOCUMENTED.entrySet().stream()
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void check(String key, String value) {
    SettingRules.check(Settings.load(null, Map.of(key, value)));
  }

  @Test
  void aBatchThatTakesMoreThanTwoGigabytesIsRefused() {
    String large = "[{long-side=16000,short-side=16000,weight=1}]";
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(
            () ->
                SettingRules.check(
                    Settings.load(
                        null, Map.of("extractor.scales", large, "extractor.batch-size", "8"))))
        .withMessageContaining("more than 2 GiB");
    // Without a number, a batch is one image of it.
    assertThatCode(() -> check("extractor.scales", large)).doesNotThrowAnyException();
  }

  @Test
  void everySettingHasARuleAndItsDefaultKeepsIt() {
    assertThat(SettingRules.keys()).containsExactlyInAnyOrderElementsOf(keys());
    assertThatCode(() -> SettingRules.check(Settings.load(null, Map.of())))
        .doesNotThrowAnyException();
  }

  /** What no code reads is no setting. */
  @Test
  void everySettingIsReadSomewhere() throws IOException {
    String code;
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        if (!file.getFileName().toString().matches("Setting(Rule|Effect)s.java")) {
          all.append(Files.readString(file));
        }
      }
      // What these read, their own test shows.
      for (AggregationKind kind : AggregationKind.all()) {
        kind.settings().forEach(key -> all.append("\"extractor.").append(key).append('"'));
      }
      code = all.toString();
    }
    assertThat(keys()).allMatch(key -> code.contains("\"" + key + "\""));
  }

  /** A value of another type in a file, or none. */
  @ParameterizedTest
  @MethodSource("keys")
  void aValueOfAnotherTypeIsRefused(String key) throws IOException {
    for (String value : List.of("null", "{ a = 1 }", isList(key) ? "3" : "[[1]]")) {
      Path file = Files.writeString(folder.resolve("own.conf"), key + " = " + value);
      assertThatExceptionOfType(InputException.class)
          .as("%s = %s", key, value)
          .isThrownBy(() -> SettingRules.check(Settings.load(file, Map.of())))
          .withMessageContaining(key);
    }
  }

  /** Values that mean nothing for any setting but a free text. */
  @ParameterizedTest
  @MethodSource("keys")
  void aValueThatMeansNothingIsRefused(String key) {
    Set<String> free =
        Set.of(
            "store",
            "catalogue.uri",
            "extractor.backbone",
            "extractor.region-weights",
            "extractor.gem-p-file",
            "extractor.hew-mean-file",
            "extractor.region-whitening",
            "extractor.regions-table",
            "extractor.scale-whitening",
            "extractor.attention-weights",
            "train.network",
            "publish.groups",
            "plan.currency",
            "embeddings.column",
            "embeddings.model",
            "catalogue.columns.id",
            "catalogue.columns.uri",
            "catalogue.columns.version",
            "catalogue.columns.image");
    List<String> values =
        free.contains(key)
            ? List.of("a\nb", "\u0000", "\u001b[2J")
            : isList(key)
                ? List.of("", "x", "[a\"", "[[b]]", "[{a=1}]", "[\"\"]")
                : List.of(
                    "", "-1e300", "NaN", "Infinity", "5q", "0x10", "a b", "[", "1 day of rest");
    for (String value : values) {
      if (key.equals("index.name") && value.matches("\\w+")) {
        continue; // Names they are.
      }
      assertThatExceptionOfType(InputException.class)
          .as("%s = %s", key, value)
          .isThrownBy(() -> check(key, value))
          .withMessageContaining(key);
    }
  }

  private static boolean isList(String key) {
    return DOCUMENTED.getValue(key).unwrapped() instanceof List;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gc.grace | 7 | no length of time with its unit: give one such as",
        "gc.grace | -1d | must be from 0 ms to 36500 d",
        "gc.grace | 99999999999d | gc.grace",
        "image.read-timeout | 0s | must be from 1 ms",
        "image.max-bytes | -5 | image.max-bytes",
        "image.max-pixels | 99999999999 | must be from 1 to 536870909",
        "catalogue.format | zip | inventory or embeddings",
        "catalogue.extensions | [.jpg] | no such value",
        "extractor.aggregator | gemm | must be remap, gem, ",
        "extractor.spoc-prior | left | must be none or center",
        "extractor.scale-combination | mean | must be sum, gem, max or whitened-sum",
        "extractor.scale-gem-p | 0.5 | must be from 1.0 to 100.0",
        "quantizer.spec | IVFx,PQ8 | quantizer.spec IVFx,PQ8",
        "index.name | ../x | has only letters",
        "whitening.power | 1.5 | must be from 0.0 to 1.0",
        "whitening.eigenvalue-floor | 1 | whitening.eigenvalue-floor",
        "whitening.ridge | -1 | must be from 0.0 to 1.0E9",
        "whitening.ridge | automatic | whitening.ridge",
        "whitening.centring | 1.5 | must be from 0.0 to 1.0",
        "search.k | 10.5 | must be a whole number",
        "search.rerank | aqe:k=0 | aqe: k is '0': it must be a whole number from 1",
        "search.rerank | aq | there is no method 'aq'; there are exact, aqe",
        "extractor.rmac-whole-image | yes | must be none or added",
        "extractor.concat | [{weight=1}] | each part must have an aggregator other than concat",
        "extractor.concat | [{aggregator=concat}] | must have an aggregator other than concat",
        "extractor.concat | [{aggregator=sum}] | extractor.concat: extractor.aggregator is 'sum'",
        "extractor.concat | [{aggregator=gem,weight=0}] | extractor.concat: extractor.weight is 0",
        "extractor.concat | [{aggregator=gem,gem-p=0}] | extractor.concat: extractor.gem-p is 0",
        "extractor.concat | [{aggregator=gem,gemp=3}] | (did you mean extractor.gem-p?)",
        "extractor.concat | [{aggregator=gem,gem-p=x}] | extractor.gem-p must be a number",
        "extractor.concat | [{aggregator=gem,gem-p=null}] | extractor.gem-p has no value",
        "extractor.concat | [{aggregator=gem,batch-size=4}] | batch-size is the same for all parts",
        "extractor.concat | [{aggregator=gem,backbone=\"\"}] | the backbone of a part is blank",
        "extractor.concat | [{aggregator=gem,levels=3}] | levels has no effect in a part with the",
        "extractor.concat | [{aggregator=remap,region-weights=w,levels=3}] | levels has no effect",
        "extractor.scales | [] | from 1 to 16",
        "extractor.scales | [{long-side=8,short-side=9,weight=1}] | short-side is 9",
        "extractor.scales | [{long-side=8,short-side=4,wait=1}] | a scale has",
        "extractor.scales | [{long-side=8,short-side=4,weight=NaN}] | weight",
        "extractor.batch-size | -1 | from 0 to 1",
      })
  void aValueBeyondWhatASettingTakesIsRefused(String key, String value, String part) {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> check(key, value))
        .withMessageContaining(part);
  }

  @Test
  void whatAnotherSettingLeavesOutIsRefusedWhereItWasSetByHand() {
    Settings settings = Settings.load(null, Map.of("extractor.gem-p", "4"));

    SettingEffects.require(settings, Set.of("extractor.levels", "unit.images"));
    SettingEffects.require(settings.with("extractor.aggregator", "gem"), Set.of("extractor.gem-p"));
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> SettingEffects.require(settings, Set.of("extractor.gem-p")))
        .withMessage(
            "extractor.gem-p has no effect here: extractor.aggregator is remap. Leave it out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "extractor.gem-p | 4 | extractor.gem-p-file | p.json | extractor.gem-p-file has the"
            + " exponents",
        "extractor.gem-p-file | p.json | extractor.aggregator | mac | extractor.aggregator is mac",
        "extractor.spoc-prior | center | extractor.aggregator | gem | extractor.aggregator is gem",
        "extractor.hew-mean-file | m.json | extractor.aggregator | mac | extractor.aggregator is"
            + " mac",
        "extractor.scale-gem-p | 4 | extractor.scale-combination | sum | combination is sum",
        "extractor.scale-gem-p | 4 | extractor.scale-combination | max | combination is max",
        "extractor.scales | [{long-side=8,short-side=4,weight=2}] | extractor.scale-combination |"
            + " max | weight 2.0 has no effect here: extractor.scale-combination is max. Make it 1",
      })
  void aSettingOfADescriptorThatAnotherLeavesOutIsRefused(
      String key, String value, String other, String is, String part) {
    String aggregator = key.equals("extractor.gem-p") ? "gem" : "spoc";
    Settings settings =
        Settings.load(null, Map.of("extractor.aggregator", aggregator, key, value)).with(other, is);

    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> SettingEffects.require(settings, Set.of(key, other)))
        .withMessageContaining(key)
        .withMessageContaining(part);
  }

  @Test
  void settingsOfADescriptorThatAreHeardMayBeSet() {
    Map<String, String> set =
        Map.of(
            "extractor.aggregator", "gem",
            "extractor.gem-p-file", "p.json",
            "extractor.scale-combination", "gem",
            "extractor.scale-gem-p", "4",
            "extractor.scales", "[{long-side=8,short-side=4,weight=1}]");
    Settings settings = Settings.load(null, set);

    SettingRules.check(settings);
    SettingEffects.require(settings, set.keySet());
    SettingEffects.require(
        settings.with("extractor.aggregator", "hew"), Set.of("extractor.hew-mean-file"));
    SettingEffects.require(
        settings.with("extractor.aggregator", "spoc"), Set.of("extractor.spoc-prior"));
  }

  @Test
  void aConcatenationHasPartsAndHearsWhatTheyDoNotSayThemselves() {
    Settings settings =
        Settings.load(
            null,
            Map.of(
                "extractor.aggregator",
                "concat",
                "extractor.concat",
                "[{aggregator=gem},{aggregator=rmac,levels=3,weight=2},{aggregator=gem,gem-p=4}]"));
    SettingRules.check(settings);
    SettingEffects.require(settings, Set.of("extractor.gem-p", "extractor.concat"));
    for (String key : List.of("extractor.levels", "extractor.region-weights")) {
      assertThatExceptionOfType(InputException.class)
          .isThrownBy(() -> SettingEffects.require(settings, Set.of(key)))
          .withMessageContaining(key + " has no effect here: no part of extractor.concat looks at");
    }
    assertThat(AggregatorSettings.parts(settings.with("extractor.gem-p", "7")))
        .extracting(
            part -> part.string("extractor.aggregator"),
            part -> part.number("extractor.weight"),
            part -> part.integer("extractor.levels"),
            part -> part.number("extractor.gem-p"))
        .containsExactly(
            tuple("gem", 1.0, 4, 7.0), tuple("rmac", 2.0, 3, 7.0), tuple("gem", 1.0, 4, 4.0));
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> check("extractor.aggregator", "concat"))
        .withMessage("extractor.concat has 0 parts: it must have from 1 to 16");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(
            () ->
                SettingEffects.require(
                    settings.with("extractor.aggregator", "gem"), Set.of("extractor.concat")))
        .withMessageContaining("extractor.concat has no effect here: extractor.aggregator is gem");
  }

  @Test
  void aSettingThatSeveralAggregatorsShareIsHeardByEach() {
    Settings weighted =
        Settings.load(null, Map.of("extractor.region-weights", "w.json", "extractor.levels", "3"));

    SettingEffects.require(
        weighted.with("extractor.aggregator", "rmac"), Set.of("extractor.levels"));
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> SettingEffects.require(weighted, Set.of("extractor.levels")))
        .withMessageContaining("extractor.levels has no effect here: extractor.region-weights has");
  }
}
