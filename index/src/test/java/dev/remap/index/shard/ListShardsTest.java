package dev.remap.index.shard;

import static dev.remap.index.shard.TestQuantizers.D;
import static dev.remap.index.shard.TestQuantizers.SEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.TestVectors;
import dev.remap.index.quantizer.Codes;
import dev.remap.index.quantizer.Quantizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards that hold some of the lists each, of entries that were encoded elsewhere. */
class ListShardsTest {
  private static final TestVectors DATA = TestVectors.clustered(1000, D, SEED + 1);
  private static final TestVectors QUERIES = TestVectors.clustered(60, D, SEED + 2);
  private static final int NPROBE = 5;
  private static final int K = 10;
  @TempDir private Path temporary;

  /** What of the data lies in the chosen lists. */
  private static void add(
      Quantizer quantizer, TestVectors data, IntPredicate lists, ShardBuilder builder) {
    Codes codes = quantizer.encode(data.values(), data.size());
    int size = quantizer.spec().codeBytes();
    int[] chosen =
        IntStream.range(0, data.size()).filter(i -> lists.test(codes.lists()[i])).toArray();
    byte[] bytes = new byte[chosen.length * size];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(codes.codes(), chosen[i] * size, bytes, i * size, size);
    }
    builder.addCodes(
        Arrays.stream(chosen).mapToLong(i -> data.keys()[i]).toArray(),
        Arrays.stream(chosen).map(i -> codes.lists()[i]).toArray(),
        bytes,
        chosen.length);
  }

  private List<ShardFile> threeParts(Quantizer quantizer) {
    List<ShardFile> parts = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      int from = part * 11;
      try (ShardBuilder builder = new ShardBuilder(quantizer)) {
        add(quantizer, DATA, list -> list >= from && list < from + 11, builder);
        parts.add(builder.write(temporary.resolve("part" + part)));
      }
    }
    return parts;
  }

  private ShardFile whole(Quantizer quantizer) {
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(DATA.keys(), DATA.values(), DATA.size());
      return builder.write(temporary.resolve("whole"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"IVF32,PQ8np", "IVF32,PQ8x5np", "IVF32_HNSW8,PQ4np", "OPQ4_8,IVF32,PQ4x7np"})
  void togetherAreTheWholeIndexAndFindWhatItFinds(String spec) {
    try (Quantizer quantizer = TestQuantizers.train(spec)) {
      ShardFile whole = whole(quantizer);
      List<ShardFile> parts = threeParts(quantizer);

      ShardFile merged =
          MergedShards.write(
              quantizer, parts.stream().map(ShardFile::path).toList(), temporary.resolve("merged"));
      assertThat(merged.sha256()).isEqualTo(whole.sha256());

      int[] probed = quantizer.probe(QUERIES.values(), QUERIES.size(), NPROBE);
      List<SearchResult> found = new ArrayList<>();
      for (int part = 0; part < 3; part++) {
        try (Shard shard = Shard.open(parts.get(part))) {
          found.add(shard.search(QUERIES.values(), QUERIES.size(), K, NPROBE));
          assertNothingWithoutAProbe(found.get(part), probed, part);
        }
      }
      SearchResult all = ResultMerger.merge(found);
      try (Shard shard = Shard.open(whole)) {
        SearchResult expected = shard.search(QUERIES.values(), QUERIES.size(), K, NPROBE);
        assertThat(all.keys()).isEqualTo(expected.keys());
        assertThat(all.distances()).isEqualTo(expected.distances());
      }
    }
  }

  private static void assertNothingWithoutAProbe(SearchResult found, int[] probed, int part) {
    int asked = 0;
    for (int query = 0; query < QUERIES.size(); query++) {
      boolean isAsked =
          Arrays.stream(probed, query * NPROBE, (query + 1) * NPROBE)
              .anyMatch(list -> list >= 0 && list / 11 == part);
      asked += isAsked ? 1 : 0;
      if (!isAsked) {
        assertThat(found.neighbors(query)).isEmpty();
      }
    }
    assertThat(asked).isBetween(1, QUERIES.size() - 1);
  }

  @Test
  void areMergedWithThoseOfTheNightBeforeAsIfBuiltFromNothing() {
    TestVectors changed = TestVectors.clustered(1000, D, SEED + 3).slice(200, 400);
    IntPredicate mine = list -> list < 20;
    try (Quantizer quantizer = TestQuantizers.train("IVF32,PQ8np")) {
      ShardFile before;
      ShardFile expected;
      try (ShardBuilder old = new ShardBuilder(quantizer);
          ShardBuilder anew = new ShardBuilder(quantizer)) {
        add(quantizer, DATA, mine, old);
        before = old.write(temporary.resolve("before"));
        add(quantizer, DATA.slice(0, 200), mine, anew);
        add(quantizer, changed, mine, anew);
        add(quantizer, DATA.slice(400, 1000), mine, anew);
        expected = anew.write(temporary.resolve("anew"));
      }
      try (Shard previous = Shard.open(before);
          ShardBuilder night = new ShardBuilder(quantizer, previous, changed.keys())) {
        add(quantizer, changed, mine, night);
        assertThat(night.write(temporary.resolve("night")).sha256()).isEqualTo(expected.sha256());
      }
    }
  }

  @Test
  void refuseListsThatAreNotThereAndArraysThatDoNotFit() {
    try (Quantizer quantizer = TestQuantizers.train("IVF32,PQ8np");
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      assertIllegal(
          () -> builder.addCodes(new long[] {1, 2}, new int[] {31, 32}, new byte[16], 2),
          "the list of key 2, 32, is not in 0..31");
      assertIllegal(
          () -> builder.addCodes(new long[] {1, 2}, new int[] {0, -1}, new byte[16], 2),
          "the list of key 2, -1");
      assertIllegal(
          () -> builder.addCodes(new long[] {1, 2}, new int[2], new byte[15], 2),
          "codes has 15 elements, 16 are needed");
      assertIllegal(
          () -> builder.addCodes(new long[] {2, 2}, new int[2], new byte[16], 2),
          "key 2 after key 2");
      assertThat(builder.size()).isZero();
      assertIllegal(() -> quantizer.encode(new float[D], 2), "at least 2 vectors");
      assertIllegal(() -> quantizer.encode(new float[D], -1), "n = -1");
      assertIllegal(() -> quantizer.probe(new float[D], 1, 33), "nprobe = 33 is not in 1..32");
      float[] bad = new float[2 * D];
      bad[D + 3] = Float.NaN;
      assertIllegal(() -> quantizer.encode(bad, 2), "vector 1 has component 3");
      assertIllegal(() -> quantizer.probe(bad, 2, 1), "query 1 has component 3");
    }
  }

  private static void assertIllegal(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
