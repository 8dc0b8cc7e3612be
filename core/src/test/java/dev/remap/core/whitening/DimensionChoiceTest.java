package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DimensionChoiceTest {
  private static final WhiteningOptions PLAIN =
      new WhiteningOptions(WhiteningOptions.AUTO, 0.5, 1e-10, 0);

  private static DimensionChoice explicit(int dimension) {
    return DimensionChoice.of(new WhiteningOptions(dimension, 0.5, 1e-10, 0), 4096, 252, 253);
  }

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
  void withoutARidgeItKeepsAwayFromTheRank(int inputs, int rank, long count, int expected) {
    assertThat(DimensionChoice.of(PLAIN, inputs, rank, count).dimension()).isEqualTo(expected);
  }

  @ParameterizedTest(name = "D={0} rank={1} n={2}: {3}")
  @CsvSource({
    "4096, 4096, 1000000000, 128", // plenty
    "4096, 4096, 8193, 128",
    "4096, 4096, 8192, 256",
    "4096, 4095, 4096, 512",
    "4096, 2047, 2048, 1024",
    "4096, 1024, 1025, 1024",
    "4096, 1023, 1024, 2048",
    "4096, 53, 54, 2048", // 1,995 of them random
    "4096, 11, 600, 2048", // copies of twelve images
    "2240, 53, 54, 2048",
    "1000, 53, 54, 960", // for divisors
    "100, 53, 54, 96",
    "64, 64, 65, 64",
    "7, 1, 2, 7",
    "1, 1, 100, 1",
  })
  void withARidgeItIsWhatTheCatalogueCanAfford(int inputs, int rank, long count, int expected) {
    assertThat(DimensionChoice.of(WhiteningOptions.defaults(), inputs, rank, count).dimension())
        .isEqualTo(expected);
  }

  @Test
  void moreDescriptorsNeverGetMoreDimensions() {
    int before = Integer.MAX_VALUE;
    for (int count = 2; count < 20_000; count++) {
      int rank = Math.min(2240, count - 1);
      int dimension =
          DimensionChoice.of(WhiteningOptions.defaults(), 2240, rank, count).dimension();
      assertThat(dimension).as("n = %d", count).isLessThanOrEqualTo(before).isBetween(128, 2048);
      before = dimension;
    }
  }

  @Test
  void saysWhy() {
    assertThat(DimensionChoice.of(WhiteningOptions.defaults(), 4096, 252, 253).reason())
        .isEqualTo(
            "automatic, 252 principal directions and 1796 random ones of what they miss: 253"
                + " descriptors of 4096 components have numerical rank 252");
    assertThat(DimensionChoice.of(PLAIN, 4096, 252, 253).reason())
        .isEqualTo(
            "automatic, one for five descriptors within half of a deficient rank: 253 descriptors"
                + " of 4096 components have numerical rank 252");
  }

  @Test
  void explicitDimensionIsTakenUpToTheRank() {
    assertThat(explicit(252).dimension()).isEqualTo(252);
    assertThatThrownBy(() -> explicit(253))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("253 dimensions")
        .hasMessageContaining("253 descriptors of 4096 components have numerical rank 252")
        .hasMessageContaining("fit on more images");
  }

  @Test
  void refusesDescriptorsThatAreAllEqual() {
    assertThatThrownBy(() -> DimensionChoice.of(PLAIN, 8, 0, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("all 100 descriptors are equal");
  }
}
