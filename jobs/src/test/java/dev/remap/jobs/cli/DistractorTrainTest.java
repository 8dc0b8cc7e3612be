package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.MinedRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Trainings with images that have no label. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DistractorTrainTest {
  private static final Pattern ID = Pattern.compile("weights ([0-9a-f]{16}), drawn in ");

  private Path folder;
  private Path labels;
  private Remap listed;

  /** Seven groups of four, of which six have labels, and a file that is no image. */
  @BeforeAll
  void snapshot(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 7, 4, 4711);
    Files.writeString(catalogue.resolve("g06/text.jpg"), "no image");
    listed = settings("store");
    listed.succeed("snapshot", "--catalogue", catalogue.toString());
    StringBuilder table = new StringBuilder("image_id,group\n");
    for (int i = 0; i < 24; i++) {
      String id = String.format(Locale.ROOT, "g%02d/p%03d.jpg", i / 4, i % 4);
      table.append(id).append(',').append(id, 0, 3).append('\n');
    }
    labels = Files.writeString(folder.resolve("labels.csv"), table);
  }

  @AfterEach
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  private Remap settings(String store) {
    return new Remap(folder.resolve(store))
        .tinyBackbone(folder.resolve("backbone"))
        .set("train.epochs", 2)
        .set("train.batch", 8)
        .set("train.negatives", 4);
  }

  private Remap copy(String name) {
    FiveNights.tree(listed.store(), folder.resolve(name));
    return settings(name);
  }

  private static List<MinedRow> mined(Remap remap, Remap.Ran ran) {
    Matcher found = ID.matcher(ran.out());
    assertThat(found.find()).as("output: %s", ran).isTrue();
    return TrainRuns.mined(remap, found.group(1)).stream().flatMap(List::stream).toList();
  }

  private static boolean isDistractor(MinedRow row) {
    return row.imageId().startsWith("g06/");
  }

  @Test
  void negativesAreChosenAmongThemAndTheyAreCounted() {
    Remap remap = copy("counted");
    Remap.Ran ran = remap.succeed("train", "--groups", labels.toString(), "--distractors", "100");
    assertThat(ran.out())
        .contains("24 images in 6 groups (" + labels + ") and 5 without a label")
        .doesNotContain("without a group")
        .contains(
            "books: 29 images = 24 trained with + 4 without a label + 0 alone in their groups + 1"
                + " rejected");
    // Four groups are learnt from: three negatives of others at the most, and one without a label.
    List<MinedRow> mined = mined(remap, ran);
    assertThat(mined).anyMatch(DistractorTrainTest::isDistractor);
    assertThat(mined)
        .allMatch(row -> isDistractor(row) == row.group().isEmpty())
        .allMatch(row -> !isDistractor(row) || row.role() == MinedRow.Role.NEGATIVE);
    assertThat(mined(remap, remap.succeed("train", "--groups", labels.toString())))
        .noneMatch(DistractorTrainTest::isDistractor);
  }

  @Test
  void aNetworkDescribesThemAnewAndARehearsalSearchesAmongThem() throws IOException {
    Remap remap = network("network");
    Remap.Ran ran = remap.succeed("train", "--groups", labels.toString(), "--rehearse", "1");
    assertThat(ran.out()).contains("split 1: mAP of the test ").contains(" without a label + ");
    // A killed training goes on to the same bytes, on one core, without a rehearsal.
    Remap killed = network("killed");
    TrainRuns.killedAfterTwoEpochs(remap, killed);
    LocalSpark.use("local[1]");
    assertThat(killed.succeed("train", "--groups", labels.toString()).out())
        .contains("going on after epoch 2");
    assertThat(TrainRuns.files(killed)).isEqualTo(TrainRuns.files(remap));
  }

  private Remap network(String store) {
    return copy(store)
        .set("train.parts", "alpha,network")
        .set("train.distractors", 4)
        .set("train.epochs", 3)
        .set("train.batch", 3)
        .set("train.negatives", 2)
        .set("train.network-rate", 0.05)
        .set("train.test", 0.3)
        .set("train.held-out", 0.1)
        .set("extract.max-reject-ratio", 0.1);
  }

  @Test
  void whoeverHasNoLabelIsOne() throws IOException {
    String drawn =
        copy("copies")
            .set("weigh.images", 45)
            .succeed("train", "--distractors", "3", "--set", "extract.max-reject-ratio=0.5")
            .out();
    assertThat(drawn)
        .contains("5 images and 8 distorted copies of each and 3 without a label")
        .containsPattern("books: 48 images = ")
        .contains("not looked at: 21 images beyond weigh.images");
    // All but the five that there are copies of.
    assertThat(
            copy("all")
                .set("weigh.images", 45)
                .succeed("train", "--distractors", "99", "--set", "extract.max-reject-ratio=0.5")
                .out())
        .contains("5 images and 8 distorted copies of each and 24 without a label");
    StringBuilder pairs = new StringBuilder();
    for (int group = 0; group < 4; group++) {
      pairs.append(String.format(Locale.ROOT, "g%02d/p000.jpg,g%02d/p001.jpg\n", group, group));
    }
    Path list = Files.writeString(folder.resolve("pairs.csv"), pairs);
    assertThat(
            copy("pairs")
                .succeed("train", "--pairs", list.toString(), "--distractors", "1000")
                .out())
        .contains("8 images in 4 groups (what pairs of ")
        .contains(" and 21 without a label");
  }

  @Test
  void tooManyAreRefused() {
    listed
        .run("train", "--groups", ".", "--distractors", "5")
        .assertRefused(
            2, "train.distractors is 5, but no image of the snapshot is without a label");
    listed.run("train", "--distractors", "-1").assertRefused(2, "train.distractors is -1");
    listed.run("train", "--distractors", "many").assertRefused(2, "train.distractors");
    listed
        .run(
            "train", "--groups", labels.toString(), "--distractors", "5", "--set", "train.cache=1k")
        .assertRefused(2, "of 29 images", "train.cache");
  }
}
