package dev.remap.index.shard;

import static dev.remap.index.shard.TestQuantizers.D;
import static dev.remap.index.shard.TestQuantizers.SEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.TestVectors;
import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.jfaiss.NativeIndex;
import dev.remap.index.quantizer.Quantizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardBuilderTest {
  private static final TestVectors DATA = TestVectors.clustered(1000, D, SEED + 1);
  @TempDir private Path temporary;
  private Quantizer quantizer;

  @BeforeEach
  void train() {
    quantizer = TestQuantizers.train("IVF32,PQ8x6np");
  }

  @AfterEach
  void close() {
    quantizer.close();
  }

  private ShardFile build(String name, TestVectors... parts) {
    return build(quantizer, name, parts);
  }

  private ShardFile build(Quantizer quantizer, String name, TestVectors... parts) {
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      for (TestVectors part : parts) {
        builder.add(part.keys(), part.values(), part.size());
      }
      return builder.write(temporary.resolve(name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"IVF32,PQ8np", "IVF32,PQ8x5np", "IVF32_HNSW8,PQ4np", "OPQ4_8,IVF32,PQ4x7np"})
  void writesTheSameBytesHoweverVectorsCome(String spec) {
    try (Quantizer quantizer = TestQuantizers.train(spec)) {
      ShardFile whole = build(quantizer, "whole", DATA);
      Random random = new Random(SEED);
      for (int round = 0; round < 3; round++) {
        int[] cuts = random.ints(9, 0, DATA.size()).sorted().toArray();
        TestVectors[] parts =
            IntStream.rangeClosed(0, cuts.length)
                .mapToObj(
                    i ->
                        DATA.slice(
                            i == 0 ? 0 : cuts[i - 1], i == cuts.length ? DATA.size() : cuts[i]))
                .toArray(TestVectors[]::new);

        ShardFile cut = build(quantizer, "cut" + round, parts);

        assertThat(cut.sha256()).as("seed %d, round %d", SEED, round).isEqualTo(whole.sha256());
      }
      ShardFile single =
          build(
              quantizer,
              "single",
              IntStream.range(0, DATA.size())
                  .mapToObj(i -> DATA.slice(i, i + 1))
                  .toArray(TestVectors[]::new));
      assertThat(single.sha256()).isEqualTo(whole.sha256());
    }
  }

  @Test
  void writesWhatFaissWouldWrite() throws Exception {
    // Sizes of lists are written in two ways, depending on how many of the 32 are empty.
    for (int n : new int[] {0, 1, 5, 10, 14, 16, 18, 20, 22, 25, 30, 40, 1000}) {
      TestVectors data = DATA.slice(0, n);
      ShardFile file = build("shard" + data.size(), data);
      Path rewritten = temporary.resolve("faiss" + data.size());
      try (NativeIndex index = NativeIndex.open(file.path())) {
        index.write(rewritten);
      }
      assertThat(rewritten).hasSameBinaryContentAs(file.path());
      assertThat(file.bytes()).isEqualTo(Files.size(file.path()));
    }
  }

  @Test
  void keepsEveryKeyOnceInAscendingLists() {
    ShardFile file = build("shard", DATA);

    Shard.verify(file);
    try (Shard shard = Shard.open(file)) {
      long[][] lists =
          IntStream.range(0, shard.listStatistics().lists())
              .mapToObj(shard::keys)
              .toArray(long[][]::new);
      assertThat(List.of(lists)).allSatisfy(keys -> assertThat(keys).isSorted());
      assertThat(Arrays.stream(lists).flatMapToLong(Arrays::stream).sorted().toArray())
          .isEqualTo(DATA.keys());
      assertThat(shard.size()).isEqualTo(1000);
      assertThat(shard.modelFingerprint()).isEqualTo(quantizer.modelFingerprint());
      assertThat(shard.spec()).isEqualTo(quantizer.spec());
    }
  }

  @Test
  void readsOnlyTheFirstNOfItsBuffers() {
    long[] keys = Arrays.copyOf(DATA.keys(), 1010);
    float[] values = Arrays.copyOf(DATA.values(), 1010 * D);
    Arrays.fill(values, 1000 * D, values.length, Float.NaN);
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(keys, values, 1000);

      assertThat(builder.write(temporary.resolve("n")).sha256())
          .isEqualTo(build("whole", DATA).sha256());
    }
  }

  @Test
  void outlivesItsQuantizer() {
    ShardBuilder builder = new ShardBuilder(quantizer);
    quantizer.close();

    builder.add(DATA.keys(), DATA.values(), DATA.size());
    ShardFile file = builder.write(temporary.resolve("shard"));
    builder.close();

    Shard.verify(file);
  }

  @Test
  void takesAPreviousShardOverAsIfBuiltFromNothing() {
    // Every night: a third stays, a third goes, some change, some are new.
    TestVectors changed = TestVectors.clustered(1000, D, SEED + 2);
    ShardFile before = build("before", DATA);
    long[] removed = at(DATA, i -> i % 3 == 1);
    long[] replaced = at(DATA, i -> i % 6 == 2);
    long[] dropped = LongStream.concat(Arrays.stream(removed), Arrays.stream(replaced)).toArray();

    try (Shard previous = Shard.open(before);
        ShardBuilder night = new ShardBuilder(quantizer, previous, dropped);
        ShardBuilder anew = new ShardBuilder(quantizer)) {
      assertThat(night.size()).isEqualTo(1000 - dropped.length);
      for (int i = 0; i < 1000; i++) {
        if (i % 6 == 2) {
          add(night, changed, i, 0);
          add(anew, changed, i, 0);
        } else if (i % 3 != 1) {
          add(anew, DATA, i, 0);
        }
        if (i % 10 == 0) {
          add(night, changed, i, 1);
          add(anew, changed, i, 1);
        }
      }
      ShardFile merged = night.write(temporary.resolve("merged"));
      ShardFile expected = anew.write(temporary.resolve("anew"));

      assertThat(merged.entries()).isEqualTo(expected.entries());
      assertThat(merged.sha256()).isEqualTo(expected.sha256());
      Shard.verify(merged);
    }
  }

  private static void add(ShardBuilder builder, TestVectors data, int i, int keyOffset) {
    TestVectors one = data.slice(i, i + 1);
    builder.add(new long[] {one.keys()[0] + keyOffset}, one.values(), 1);
  }

  private static long[] at(TestVectors data, IntPredicate chosen) {
    return IntStream.range(0, data.size()).filter(chosen).mapToLong(i -> data.keys()[i]).toArray();
  }

  @Test
  void refusesAKeyThatThePreviousShardKeeps() {
    ShardFile before = build("before", DATA);
    try (Shard previous = Shard.open(before);
        ShardBuilder builder = new ShardBuilder(quantizer, previous, new long[] {DATA.keys()[3]})) {
      add(builder, DATA, 3, 0);
      add(builder, DATA, 4, 0);

      assertThatThrownBy(() -> builder.write(temporary.resolve("after")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("key " + DATA.keys()[4])
          .hasMessageContaining("drop it");
      assertThat(temporary.resolve("after")).doesNotExist();
    }
  }

  @Test
  void refusesAPreviousShardOfAnotherQuantizer() {
    ShardFile foreign;
    try (Quantizer other = TestQuantizers.train("IVF16,PQ8x6np")) {
      foreign = build(other, "foreign", DATA);
    }
    try (Shard previous = Shard.open(foreign)) {
      assertThatThrownBy(() -> new ShardBuilder(quantizer, previous, new long[0]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(previous.modelFingerprint())
          .hasMessageContaining(quantizer.modelFingerprint())
          .hasMessageContaining("IVF16,PQ8x6np");
    }
  }

  @Test
  void refusesARecordThatNamesAnotherQuantizerOrNumber() {
    ShardFile file = build("shard", DATA);

    assertThatThrownBy(
            () ->
                Shard.verify(
                    new ShardFile(
                        file.path(), file.bytes(), file.sha256(), 1000, "0123456789abcdef")))
        .isInstanceOf(FaissException.class)
        .hasMessageContaining(file.modelFingerprint())
        .hasMessageContaining("0123456789abcdef");
    assertThatThrownBy(
            () ->
                Shard.verify(
                    new ShardFile(
                        file.path(), file.bytes(), file.sha256(), 999, file.modelFingerprint())))
        .isInstanceOf(FaissException.class)
        .hasMessageContaining("1000 entries")
        .hasMessageContaining("999");
  }

  @Test
  void refusesKeysThatDoNotAscend() {
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      float[] two = new float[2 * D];
      assertThatThrownBy(() -> builder.add(new long[] {7, 7}, two, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("vector 1 has key 7 after key 7");
      assertThatThrownBy(() -> builder.add(new long[] {7, 3}, two, 2))
          .hasMessageContaining("key 3 after key 7");
      assertThatThrownBy(() -> builder.add(new long[] {-1, 3}, two, 2))
          .hasMessageContaining("key -1 of vector 0 is negative");
      assertThat(builder.size()).isZero();

      builder.add(new long[] {7, 9}, two, 2);
      assertThatThrownBy(() -> builder.add(new long[] {8, 10}, two, 2))
          .hasMessageContaining("key 8 after key 9");
      assertThat(builder.size()).isEqualTo(2);
    }
  }

  /** Vectors are read some at a time: 0, 255, 256 and 999 begin and end what is read at once. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -2e9f})
  void refusesComponentsThatAreNoNumbersAndAddsNothing(float bad) {
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      for (int row : new int[] {0, 255, 256, 400, 999}) {
        float[] values = DATA.values().clone();
        values[row * D + 15] = bad;
        assertThatThrownBy(() -> builder.add(DATA.keys(), values, DATA.size()))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(
                "vector %d (key %d) has component 15".formatted(row, DATA.keys()[row]));
        assertThat(builder.size()).isZero();
      }
      assertGoodOnesMakeTheShard(builder);
    }
  }

  @Test
  void refusesKeysOutOfOrderFarBehindAndAddsNothing() {
    long[] keys = DATA.keys().clone();
    keys[600] = keys[599];
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      assertThatThrownBy(() -> builder.add(keys, DATA.values(), DATA.size()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("vector 600 has key 1802 after key 1802");
      assertThat(builder.size()).isZero();
      assertGoodOnesMakeTheShard(builder);
    }
  }

  private void assertGoodOnesMakeTheShard(ShardBuilder refused) {
    refused.add(DATA.keys(), DATA.values(), DATA.size());
    assertThat(refused.write(temporary.resolve("after")).sha256())
        .isEqualTo(build("whole", DATA).sha256());
  }

  @Test
  void refusesBuffersThatDoNotFit() {
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      assertThatThrownBy(() -> builder.add(new long[] {1, 2}, new float[2 * D - 1], 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("need 32 numbers")
          .hasMessageContaining("has 31");
      assertThatThrownBy(() -> builder.add(new long[] {1, 2}, new float[2 * (D + 1)], 2))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> builder.add(new long[] {1, 2}, new float[2 * D], 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least 3 vectors");
      assertThatThrownBy(() -> builder.add(new long[] {1, 2}, new float[2 * D], -1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("n = -1");
    }
  }

  @Test
  void refusesUseAfterClose() {
    ShardBuilder builder = new ShardBuilder(quantizer);
    builder.close();
    builder.close();

    assertThatThrownBy(() -> builder.add(new long[] {1}, new float[D], 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shard builder is closed");
    assertThatThrownBy(() -> builder.write(temporary.resolve("x")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(builder::size).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void writesNoFileOverAnother() throws Exception {
    Path file = Files.writeString(temporary.resolve("taken"), "mine");
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      assertThatThrownBy(() -> builder.write(file))
          .isInstanceOf(FaissException.class)
          .hasMessageContaining("File exists");
      assertThat(file).hasContent("mine");
    }
  }
}
