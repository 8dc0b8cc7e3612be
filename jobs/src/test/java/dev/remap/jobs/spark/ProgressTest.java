package dev.remap.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void aLineSaysHowMuchIsDoneAndLeft() {
    assertThat(Progress.line("images", 250, 1000, 3, 10))
        .isEqualTo("  250 of 1,000 images (25 %), 25.0/s, 3 rejected, 30 s left");
    assertThat(Progress.line("images", 999, 1000, 0, 10)).contains("(99 %)");
  }

  @Test
  void whatIsDoneAgainDoesNotCountBeyondTheWhole() {
    assertThat(Progress.line("images", 1500, 1000, 3, 10))
        .isEqualTo("  1,000 of 1,000 images (100 %), 150.0/s, 3 rejected, some are done again");
  }

  @Test
  void nothingIsSaidOfAWholeThatNobodyKnows() {
    assertThat(Progress.line("images", 70, 0, 0, 10)).isEqualTo("  70 images, 7.0/s, 0 rejected");
  }

  @Test
  void noShareIsEverAboveTheWhole() {
    Random random = new Random(77);
    for (int i = 0; i < 1000; i++) {
      String line =
          Progress.line("rows", 1 + random.nextInt(5000), random.nextInt(1000), 0, 1 + i / 7.0);
      assertThat(line.replaceAll("(?s).*\\((\\d+) %\\).*", "$1"))
          .as(line)
          .matches("\\d{1,2}|100|  [\\d,]+ rows, .*");
      assertThat(line).doesNotContain("-");
    }
  }
}
