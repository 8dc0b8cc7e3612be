package dev.remap.jobs.catalogue.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LevelRunsTest {
  private static final long SEED = 3;

  private static byte[] encoded(int present, int... levels) throws IOException {
    RunLengthBitPackingHybridEncoder encoder =
        new RunLengthBitPackingHybridEncoder(
            Integer.SIZE - Integer.numberOfLeadingZeros(present),
            16,
            1024,
            HeapByteBufferAllocator.getInstance());
    for (int level : levels) {
      encoder.writeInt(level);
    }
    return encoder.toBytes().toInputStream().readAllBytes();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 9})
  void aMissingValueIsFoundWhereverItStands(int present) throws IOException {
    Random random = new Random(SEED + present);
    for (int round = 0; round < 200; round++) {
      int[] levels = new int[1 + random.nextInt(60)];
      java.util.Arrays.fill(levels, present);
      assertThat(new LevelRuns(encoded(present, levels), present).areAllPresent(levels.length))
          .as("seed %d, %d levels of %d", SEED, levels.length, present)
          .isTrue();
      int missing = random.nextInt(levels.length);
      levels[missing] = random.nextInt(present);
      assertThat(new LevelRuns(encoded(present, levels), present).areAllPresent(levels.length))
          .as("seed %d, %d levels of %d, without %d", SEED, levels.length, present, missing)
          .isFalse();
    }
  }

  @Test
  void aRunThatClaimsMoreThanThereIsTakesNeitherTimeNorMemory() throws IOException {
    ByteArrayOutputStream same = new ByteArrayOutputStream();
    BytesUtils.writeUnsignedVarInt(Integer.MAX_VALUE << 1, same);
    same.write(1);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    BytesUtils.writeUnsignedVarInt((1 << 28) * 2 - 1, packed);
    packed.write(-1);

    Assertions.assertTimeout(
        Duration.ofMillis(500),
        () -> {
          assertThat(new LevelRuns(same.toByteArray(), 1).areAllPresent(Integer.MAX_VALUE))
              .isTrue();
          assertThat(new LevelRuns(packed.toByteArray(), 1).areAllPresent(Integer.MAX_VALUE))
              .isFalse();
        });
  }

  @Test
  void levelsThatEndTooEarlyAreNotAllPresent() throws IOException {
    byte[] eight = encoded(1, 1, 1, 1, 1, 1, 1, 1, 1);

    assertThat(new LevelRuns(eight, 1).areAllPresent(8)).isTrue();
    assertThat(new LevelRuns(eight, 1).areAllPresent(20)).isFalse();
    assertThat(new LevelRuns(new byte[0], 1).areAllPresent(1)).isFalse();
  }
}
