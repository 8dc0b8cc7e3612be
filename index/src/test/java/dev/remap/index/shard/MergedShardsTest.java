package dev.remap.index.shard;

import static dev.remap.index.shard.TestQuantizers.D;
import static dev.remap.index.shard.TestQuantizers.SEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.TestVectors;
import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.quantizer.Quantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One file of several shards: the oracle is the shard that is built from all vectors at once. */
class MergedShardsTest {
  private static final TestVectors DATA = TestVectors.clustered(1000, D, SEED + 1);

  @TempDir private Path folder;

  private Path build(Quantizer quantizer, String name, TestVectors vectors) {
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(vectors.keys(), vectors.values(), vectors.size());
      return builder.write(folder.resolve(name)).path();
    }
  }

  /** Cut at these rows, also into shards with nothing in them. */
  private List<Path> shards(Quantizer quantizer, int... cuts) {
    return IntStream.rangeClosed(0, cuts.length)
        .mapToObj(
            i ->
                build(
                    quantizer,
                    "shard" + i,
                    DATA.slice(i == 0 ? 0 : cuts[i - 1], i == cuts.length ? DATA.size() : cuts[i])))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "IVF32,PQ8np",
        "IVF32,PQ8x5np",
        "IVF32_HNSW8,PQ4np",
        "OPQ4_8,IVF32,PQ4x7np",
        "IVF1,PQ8np"
      })
  void theBytesAreThoseOfOneShardOfAll(String spec) throws IOException {
    try (Quantizer quantizer = TestQuantizers.train(spec)) {
      Path whole = build(quantizer, "whole", DATA);

      ShardFile merged =
          MergedShards.write(
              quantizer, shards(quantizer, 0, 3, 3, 500, 998), folder.resolve("merged"));

      assertThat(merged.entries()).isEqualTo(DATA.size());
      assertThat(merged.bytes()).isEqualTo(Files.size(whole));
      assertThat(Files.mismatch(merged.path(), whole)).isEqualTo(-1);
      Shard.verify(merged);
    }
  }

  /** Few entries in many lists: sizes are written list by list there. */
  @Test
  void shardsWhoseListsAreMostlyEmptyBecomeAFileWhoseListsAreNot() throws IOException {
    try (Quantizer quantizer = TestQuantizers.train("IVF32,PQ8np")) {
      int[] cuts = IntStream.range(1, DATA.size() / 4).map(i -> 4 * i).toArray();
      Path whole = build(quantizer, "whole", DATA);

      ShardFile merged =
          MergedShards.write(quantizer, shards(quantizer, cuts), folder.resolve("merged"));

      assertThat(Files.mismatch(merged.path(), whole)).isEqualTo(-1);
    }
  }

  @Test
  void whatCannotBeMergedIsRefusedAndLeavesNothing() throws IOException {
    Path file = folder.resolve("merged");
    try (Quantizer quantizer = TestQuantizers.train("IVF32,PQ8np");
        Quantizer other = TestQuantizers.train("IVF16,PQ8np")) {
      List<Path> shards = shards(quantizer, 500);
      List<Path> turned = List.of(shards.get(1), shards.get(0));
      Path foreign = build(other, "foreign", DATA);
      Path text = Files.writeString(folder.resolve("text"), "no index");

      assertThatThrownBy(() -> MergedShards.write(quantizer, turned, file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("give shards that share no keys, in their order");
      assertThatThrownBy(
              () -> MergedShards.write(quantizer, List.of(shards.get(0), shards.get(0)), file))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> MergedShards.write(quantizer, List.of(foreign), file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("was built with another quantizer than this one (IVF32,PQ8np");
      assertThatThrownBy(() -> MergedShards.write(quantizer, List.of(), file))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> MergedShards.write(quantizer, List.of(text), file))
          .isInstanceOf(FaissException.class);
      assertThat(file).doesNotExist();

      MergedShards.write(quantizer, shards, file);
      byte[] before = Files.readAllBytes(file);
      assertThatThrownBy(() -> MergedShards.write(quantizer, shards, file))
          .isInstanceOf(FaissException.class);
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
  }

  /** No byte of a file leads native code out of its memory; what is cut short is told. */
  @Test
  void damagedShardsAreRefusedOrHarmless() throws IOException {
    try (Quantizer quantizer = TestQuantizers.train("IVF32,PQ8np")) {
      byte[] sound = Files.readAllBytes(build(quantizer, "sound", DATA));
      Random random = new Random(SEED);
      for (int round = 0; round < 400; round++) {
        byte[] damaged = sound.clone();
        boolean cut = round % 4 == 0;
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        Path shard =
            Files.write(
                folder.resolve("damaged"),
                cut ? Arrays.copyOf(sound, random.nextInt(sound.length)) : damaged);
        Path file = folder.resolve("merged" + round);
        try {
          MergedShards.write(quantizer, List.of(shard), file);
          assertThat(cut).as("round %d", round).isFalse();
          assertThat(Files.size(file)).isEqualTo(sound.length);
        } catch (FaissException | IllegalArgumentException e) {
          assertThat(file).as("round %d", round).doesNotExist();
        }
      }
    }
  }
}
