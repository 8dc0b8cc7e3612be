package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DimensionChoiceTest {
  @ParameterizedTest(name = "D={0} rank={1} n={2}: {3}")
  @CsvSource({
    "4096, 4096, 1000000, 128", // plenty: the maximum
    "4096, 699, 700, 128",
    "4096, 252, 253, 48", // a small catalogue: a fifth, rounded to a multiple of 8
    "4096, 50, 1000000, 24", // a million copies of 51 images: half the rank
    "64, 64, 1000000, 64", // full rank bears all its dimensions
    "64, 64, 65, 8", // unless the images are scarce
    "4096, 39, 40, 8",
    "4096, 38, 39, 7",
    "4096, 5, 6, 2",
    "4096, 1, 2, 1",
    "1, 1, 100, 1",
  })
  void automaticKeepsAwayFromTheRank(int inputs, int rank, long count, int expected) {
    int dimension = DimensionChoice.of(WhiteningOptions.AUTO, inputs, rank, count).dimension();
    assertThat(dimension).isEqualTo(expected);
  }

  @Test
  void saysWhy() {
    assertThat(DimensionChoice.of(WhiteningOptions.AUTO, 4096, 252, 253).reason())
        .isEqualTo(
            "automatic, one for five descriptors within half of a deficient rank: 253 descriptors of"
                + " 4096 components have numerical rank 252");
  }

  @Test
  void explicitDimensionIsTakenUpToTheRank() {
    assertThat(DimensionChoice.of(252, 4096, 252, 253).dimension()).isEqualTo(252);
    assertThatThrownBy(() -> DimensionChoice.of(253, 4096, 252, 253))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("253 dimensions")
        .hasMessageContaining("253 descriptors of 4096 components have numerical rank 252")
        .hasMessageContaining("fit on more images");
  }

  @Test
  void refusesDescriptorsThatAreAllEqual() {
    assertThatThrownBy(() -> DimensionChoice.of(WhiteningOptions.AUTO, 8, 0, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("all 100 descriptors are equal");
  }
}
