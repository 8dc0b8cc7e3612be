package dev.remap.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTextTest {
  @Test
  void aLineHasTheCommandItsOptionsAndTheSettingsLast() {
    CommandText line =
        CommandText.of("publish")
            .with("--store", "file:/stores/one")
            .withSettings(List.of("--set", "unit.images=8"))
            .with("--generation", 3)
            .with("--force");

    assertThat(line)
        .hasToString(
            "remap publish --store file:/stores/one --generation 3 --force --set unit.images=8");
  }

  @Test
  void ofTwoValuesOfAnOptionTheLaterOneStandsOnTheLineUnlessItMayBeRepeated() {
    CommandText line =
        CommandText.of("evaluate")
            .with("--name", "one")
            .with("--groups", ".")
            .with("--name", "other")
            .and("--rerank", "aqe:k=2")
            .and("--rerank", "exact");

    assertThat(line)
        .hasToString("remap evaluate --name other --groups . --rerank aqe:k=2 --rerank exact");
  }

  @Test
  void ofTwoValuesOfASettingTheLaterOneStandsOnTheLine() {
    CommandText line =
        CommandText.of("extract")
            .withSettings(List.of("--config", "a.conf", "--set", "unit.images=8"))
            .withSettings(
                List.of(
                    "--set", "unit.images=7", "--set", "unit.attempts=2", "--set", "unit.images=9"))
            .withSetting("unit.attempts", "1");

    assertThat(line)
        .hasToString("remap extract --config a.conf --set unit.images=9 --set unit.attempts=1");
  }

  @Test
  void settingsOfAGroupAreTakenOffTheLineAndNoOthers() {
    CommandText line =
        CommandText.of("extract")
            .withSettings(List.of("--config", "whitening.x=1", "--set", "whitening.dimension=3"))
            .withSettings(List.of("--set", "extractor.region-whitening=a"));

    assertThat(line.withoutSettings("whitening"))
        .hasToString("remap extract --config whitening.x=1 --set extractor.region-whitening=a");
  }

  /** The shell is the judge. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "",
        "a b",
        "it's",
        "$HOME `id` \"x\" \\",
        "*?[a]~",
        "é ü",
        "line\nbreak\u001b[2J'\\",
        "[{long-side=128,short-side=96,weight=1}]",
        "-n",
        "a;b&c|d>e"
      })
  void aShellTakesAValueForWhatItIs(String value) throws IOException, InterruptedException {
    String line = CommandText.of("x").with("--name", value).toString();
    Process shell =
        new ProcessBuilder("bash", "-c", "remap() { printf '%s' \"$3\"; }; " + line).start();

    assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(value);
    assertThat(shell.waitFor()).isZero();
    assertThat(line.chars()).noneMatch(Character::isISOControl);
  }

  @Test
  void settingsAreRepeatedButNotWhatIsAnOptionOrForces() {
    Settings settings =
        Settings.load(
                null,
                Map.of(
                    "unit.images", "8", "index.name", "x", "publish.force", "true", "store", "s"))
            .with("extractor.backbone", "my network")
            .with("catalogue.uri", "file:/pictures");

    assertThat(settings.given())
        .containsExactly("--set", "unit.images=8", "--set", "extractor.backbone=my network");
  }
}
