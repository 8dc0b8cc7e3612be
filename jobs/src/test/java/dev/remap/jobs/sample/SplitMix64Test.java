package dev.remap.jobs.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
  /** Java's own generator of that paper, whose state moves by the same constant. */
  @Test
  void consecutiveNumbersAreTheSequenceOfSplitMix64() {
    SplittableRandom sequence = new SplittableRandom(0);

    assertThat(LongStream.range(0, 1000).map(i -> SplitMix64.hash(i, 0)))
        .containsExactlyElementsOf(sequence.longs(1000).boxed().toList())
        .startsWith(0xE220A8397B1DCDAFL, 0x6E789E6AA1B965F4L);
  }

  @Test
  void anotherSeedIsAnotherOrder() {
    assertThat(
            LongStream.range(0, 1000)
                .filter(i -> SplitMix64.unit(i, 1) < SplitMix64.unit(i, 2))
                .count())
        .isBetween(400L, 600L);
  }

  @Test
  void unitsFillTheRangeEvenly() {
    int[] tenths = new int[10];
    LongStream.range(0, 10_000).forEach(i -> tenths[(int) (10 * SplitMix64.unit(i * i, 7))]++);

    assertThat(Arrays.stream(tenths).boxed())
        .as("seed 7; five standard deviations are 150")
        .allSatisfy(count -> assertThat(count).isBetween(850, 1150));
  }
}
