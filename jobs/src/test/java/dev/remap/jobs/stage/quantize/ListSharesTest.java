package dev.remap.jobs.stage.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ListSharesTest {
  private static final int SEED = 8;

  @Test
  void sharesAreInProportionAndAddUp() {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      long[] sizes = new long[1 + random.nextInt(30)];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(1 + random.nextInt(5000));
      }
      long all = Arrays.stream(sizes).sum();
      int k = (int) Math.min(all, sizes.length + random.nextInt(2000));

      int[] shares = ListShares.of(sizes, k, Integer.MAX_VALUE);

      assertThat(Arrays.stream(shares).sum()).as("seed %d, round %d", SEED, round).isEqualTo(k);
      for (int i = 0; i < sizes.length; i++) {
        assertThat((long) shares[i]).isBetween(Math.min(1, sizes[i]), sizes[i]);
        assertThat(shares[i])
            .as("%d of %d", sizes[i], all)
            .isLessThan((int) (2 + (double) sizes[i] * k / Math.max(1, all)));
      }
    }
  }

  @Test
  void noClusterGetsMoreThanATaskHasRoomFor() {
    assertThat(ListShares.of(new long[] {1000, 10, 0}, 30, 20)).containsExactly(20, 10, 0);
    assertThat(ListShares.of(new long[] {1000, 10, 0}, 500, 20)).containsExactly(20, 10, 0);
    assertThat(ListShares.of(new long[] {0, 0}, 0, 20)).containsExactly(0, 0);
  }
}
