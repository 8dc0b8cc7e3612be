package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Aggregators side by side on the images of a store. */
class AggregatorsTest {
  private static final int FOLDERS = 4;
  private static final int EACH = 30;
  private static final long SEED = 20260101;

  /**
   * By a network of nine channels: a whitening of every aggregator is fitted in each comparison.
   */
  @Test
  void aggregatorsAreComparedByOneDescriptionAndScoreAsTheStoreDoes(@TempDir Path folder) {
    Path catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, FOLDERS, EACH, SEED);
    Remap remap =
        DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"))
            .set("catalogue.uri", catalogue)
            .set("unit.images", 64)
            .set("publish.copies", 0);
    DrillStore.STAGES.forEach(remap::succeed);
    Remap.Ran compared =
        remap.succeed("evaluate", "--groups", ".", "--aggregators", "remap,gem", "--images", "120");
    Remap.Ran again =
        remap.succeed("evaluate", "--groups", ".", "--aggregators", "gem,remap", "--images", "120");
    String exact = match(remap.succeed("evaluate", "--groups", "."), " \\. +120 +4 +(\\S+) ");

    assertThat(compared.out())
        .contains("120 images in 4 groups, and 0 of no group")
        .contains("120 queries, leave-one-out among 120 images by exact search; 0 could not be")
        .contains("whitenings are fitted on the images that are searched");
    // Fitted on the same descriptors, so the store's vectors are those that were compared.
    assertThat(match(compared, "remap +9 +\\S+ +\\d+ +(\\S+)")).isEqualTo(exact);
    assertThat(match(again, "gem +5 +(\\S+) ")).isEqualTo(match(compared, "gem +5 +(\\S+) "));
  }

  private static String match(Remap.Ran ran, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(ran.out());
    assertThat(found.find()).as("%s in %s", pattern, ran.out()).isTrue();
    return found.group(1);
  }
}
