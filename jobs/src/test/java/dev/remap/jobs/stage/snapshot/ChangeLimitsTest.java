package dev.remap.jobs.stage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeLimitsTest {
  /** Of images that snapshot 7 lists, so many are gone and so many different. */
  @ParameterizedTest
  @CsvSource({
    "1000, 500, 0, ",
    "1000, 501, 0, lists 501 of the 1\\,000 images of snapshot 7 no more",
    "1000, 0, 250, ",
    "1000, 0, 251, 251 of 1\\,000 images have another version or place than in snapshot 7",
    "1000, 500, 125, ",
    "1000, 500, 126, 126 of 500 images have another",
    "10, 10, 0, ",
    "10, 0, 10, ",
    "11, 0, 11, 11 of 11 images have another",
  })
  void aSmallShareAndFewImagesMayBeOtherwise(long images, long gone, long other, String part) {
    assertThat(new ChangeLimits(0.5, 0.25).objection(7, images, gone, other).orElse(""))
        .contains(part == null ? "" : part.replace("\\", ""))
        .matches(text -> text.isEmpty() == (part == null));
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000, 0", "1000, 0, 1000", "1000, 600, 400"})
  void aRatioOfOneAllowsAll(long images, long gone, long other) {
    assertThat(new ChangeLimits(1, 1).objection(7, images, gone, other)).isEmpty();
  }
}
