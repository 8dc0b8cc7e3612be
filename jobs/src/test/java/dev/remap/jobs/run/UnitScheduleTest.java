package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.layer.KeyPartitioner;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Extractions as a cluster would schedule them: keys fall at random, a slot that is free takes the
 * next unit, and all images take as long.
 */
class UnitScheduleTest {
  private static final long SEED = 13;

  /** The share of the slots' time, or of the units' where these are fewer, that is worked. */
  private static double worked(int images, double secondsEach, int slots) {
    int units =
        KeyPartitioner.nodes(images, new UnitSize(16_384).ofImages(images, 1, secondsEach)).size();
    int[] sizes = new int[units];
    Random random = new Random(SEED);
    for (int i = 0; i < images; i++) {
      sizes[(int) ((random.nextLong() >>> 1) / (Long.MAX_VALUE / units + 1))]++;
    }
    PriorityQueue<Integer> free = new PriorityQueue<>();
    for (int slot = 0; slot < slots; slot++) {
      free.add(0);
    }
    int end = 0;
    for (int size : sizes) {
      int done = free.remove() + size;
      end = Math.max(end, done);
      free.add(done);
    }
    return (double) images / ((double) end * slots);
  }

  @ParameterizedTest
  @CsvSource({
    "465, 0.05, 2, 0.95",
    "465, 0.05, 16, 0.2",
    "5000, 0.05, 2, 0.98",
    "5000, 0.05, 16, 0.9",
    "5000, 0.05, 128, 0.35",
    "20000, 0.05, 16, 0.9",
    "20000, 0.05, 128, 0.8",
    "20000, 0.05, 1024, 0.09",
    "1000000, 0.05, 16, 0.99",
    "1000000, 0.05, 128, 0.95",
    "1000000, 0.05, 1024, 0.9",
    "100, 1, 2, 0.7",
    "465, 1, 16, 0.6",
    "5000, 1, 128, 0.35"
  })
  void slotsHaveSomethingToDo(int images, double secondsEach, int slots, double least) {
    assertThat(worked(images, secondsEach, slots)).as("seed %d", SEED).isGreaterThan(least);
  }
}
