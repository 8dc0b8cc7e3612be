package dev.remap.jobs.stage.weigh;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.remap.jobs.config.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A checkpoint is gone on from where the text of its settings is the same, and nowhere else. */
class TrainSettingsTest {
  /** Of each setting that decides what is learnt, another value than the usual one. */
  private static final Map<String, Object> OTHERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("parts", "projection,network"),
              Map.entry("p", "channel"),
              Map.entry("p-rate", 0.06),
              Map.entry("attention-units", 63),
              Map.entry("attention-rate", 0.02),
              Map.entry("region-projection-rate", 0.006),
              Map.entry("network", "2"),
              Map.entry("start", "entropy"),
              Map.entry("loss", "contrastive"),
              Map.entry("margin", 0.2),
              Map.entry("optimiser", "sgd"),
              Map.entry("momentum", 0.8),
              Map.entry("alpha-rate", 0.06),
              Map.entry("projection-rate", 0.006),
              Map.entry("network-rate", 0.004),
              Map.entry("weight-decay", 0.00005),
              Map.entry("warm-up", 0.5),
              Map.entry("rate-decay", 0.01),
              Map.entry("epochs", 41),
              Map.entry("patience", 21),
              Map.entry("batch", 65),
              Map.entry("queries", 2001),
              Map.entry("negatives", 6),
              Map.entry("distractors", 7),
              Map.entry("crop", 0.9),
              Map.entry("scale", 0.9),
              Map.entry("flip", 0.1),
              Map.entry("colour", 0.1),
              Map.entry("held-out", 0.3),
              Map.entry("seed", 2)));

  /** Groups of rehearsals, and where and by how many threads the same bytes are made. */
  private static final Set<String> OF_NO_ACCOUNT = Set.of("test", "cache", "threads");

  private static final Map<String, String> ALL_PARTS =
      Map.of("train.parts", "alpha,p,region-projection,attention,projection,network");

  private static String text(Map<String, String> settings) {
    return TrainSettings.of(Settings.load(null, settings)).text();
  }

  private static String text(String key, Object value) {
    Map<String, String> settings = new HashMap<>(ALL_PARTS);
    settings.put("train." + key, value.toString());
    return text(settings);
  }

  @Test
  void everySettingThatDecidesWhatIsLearntIsInTheText() {
    String usual = text(ALL_PARTS);
    Map<String, String> texts = new TreeMap<>();
    OTHERS.forEach((key, value) -> texts.put(key, text(key, value)));

    texts.forEach((key, text) -> assertThat(text).as(key).isNotEqualTo(usual));
    assertThat(texts.values()).doesNotHaveDuplicates();
  }

  @Test
  void whatDecidesNothingIsNotInTheText() {
    Map.of("test", "0.5", "cache", "1G", "threads", "3")
        .forEach((key, value) -> assertThat(text(key, value)).as(key).isEqualTo(text(ALL_PARTS)));
  }

  /** So that a new one is thought of. */
  @Test
  void everySettingOfATrainingIsHere() {
    Config train =
        ConfigFactory.parseFile(Path.of("../conf/remap.conf").toFile()).getConfig("train");
    Set<String> here = new TreeSet<>(OTHERS.keySet());
    here.addAll(OF_NO_ACCOUNT);
    assertThat(here).isEqualTo(new TreeSet<>(train.root().keySet()));
  }

  /** Where no exponents learn, the text is what it was before they could, and so is the id. */
  @Test
  void whatOnlyExponentsLearnByIsNotInTheTextWithoutThem() {
    String usual = text(Map.of());
    assertThat(usual).isEqualTo(text(Map.of("train.p-rate", "0.5", "train.p", "channel")));
    assertThat(usual).startsWith("parts=alpha start=ones").doesNotContain("exponent");
  }

  @Test
  void whatOnlyRegionsAndAttentionLearnByIsNotInTheTextWithoutThem() {
    String usual = text(Map.of());
    for (String key : List.of("region-projection-rate", "attention-rate", "attention-units")) {
      assertThat(text(Map.of("train." + key, "7"))).as(key).isEqualTo(usual);
    }
    assertThat(usual).doesNotContain("region", "attention", "units");
  }

  /** What names trainings that stores have. */
  @Test
  void theTextIsWhatItWas() {
    assertThat(text(Map.of()))
        .isEqualTo(
            "parts=alpha start=ones held-out=0.2 Recipe[loss=triplet, margin=0.0, optimiser=adam,"
                + " momentum=0.9, alphaRate=0.05, projectionRate=0.0, decay=0.0, epochs=40,"
                + " patience=20, batch=64, queries=2000, negatives=5, seed=1]");
    assertThat(text(Map.of("train.parts", "p,projection,network", "train.warm-up", "0.5")))
        .isEqualTo(
            "parts=p,projection,network p=shared network=all start=ones held-out=0.2"
                + " Recipe[loss=triplet, margin=0.0, optimiser=adam, momentum=0.9, alphaRate=0.0,"
                + " exponentRate=0.05, projectionRate=0.005, networkRate=0.003, decay=0.0,"
                + " epochs=40, patience=20, batch=64, queries=2000, negatives=5,"
                + " schedule=RateSchedule[warmUp=0.5, decay=0.0], seed=1]");
  }

  /** Where no network learns, the text is what it was before one could, and so is the id. */
  @Test
  void whatOnlyANetworkLearnsByIsNotInTheTextWithoutOne() {
    String usual = text(Map.of());
    assertThat(usual).isEqualTo(text(Map.of("train.network-rate", "0.5")));
    assertThat(usual).doesNotContain("network", "Augmentation", "schedule");
    assertThat(text(Map.of("train.warm-up", "1"))).isNotEqualTo(usual);
  }
}
