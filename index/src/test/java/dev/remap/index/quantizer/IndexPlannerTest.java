package dev.remap.index.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.TestVectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class IndexPlannerTest {
  private static final long GIB = 1L << 30;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // images        | d    | memory GiB | spec                              | shards
        "16              | 128  | 4          | IVF1,PQ64x4np                     | 1",
        "100             | 128  | 4          | IVF3,PQ64x6np                     | 1",
        "1000            | 128  | 4          | IVF31,PQ64np                      | 1",
        "311             | 1024 | 4          | IVF9,PQ256np                      | 1",
        "65536           | 256  | 4          | IVF851,PQ64np                     | 1",
        "65536           | 512  | 4          | IVF810,PQ128np                    | 1",
        "65537           | 512  | 4          | IVF450,PQ64np                     | 1",
        "10000           | 128  | 4          | IVF288,PQ64np                     | 1",
        "100000          | 128  | 4          | IVF1024,PQ64np                    | 1",
        "1000000         | 128  | 4          | IVF16384,PQ64np                   | 1",
        "10000000        | 128  | 4          | IVF131072,PQ64np           | 1",
        "100000000       | 128  | 4          | IVF262144,PQ32np           | 2",
        "1000000000      | 128  | 4          | IVF262144,PQ32np           | 12",
        "10000000000     | 128  | 4          | IVF262144,PQ16np           | 71",
        "1000000000      | 128  | 16         | IVF262144,PQ32np         | 3",
        "1000000         | 512  | 4          | IVF4096,PQ64np                    | 1",
        "1000000         | 4096 | 4          | OPQ64_256,IVF8192,PQ64np          | 1",
        "1000            | 127  | 4          | OPQ60_120,IVF31,PQ60np            | 1",
        "1000            | 7    | 4          | IVF31,PQ7np                       | 1"
      })
  void choosesBySize(long vectors, int dimension, long gib, String spec, int shards) {
    IndexSpec.Choice choice = IndexSpec.auto(vectors, dimension, gib * GIB);

    assertThat(choice.spec()).as(choice.reason()).hasToString(spec);
    assertThat(choice.shards()).as(choice.reason()).isEqualTo(shards);
  }

  static Stream<Arguments> catalogues() {
    return LongStream.of(100, 333, 1000, 5000, 30_000, 200_000, 999_999, 1_000_000, 7_000_000)
        .boxed()
        .flatMap(
            n ->
                IntStream.of(32, 64, 100, 128, 200, 512, 1000, 2048)
                    .mapToObj(d -> Arguments.of(n, d, GIB)));
  }

  static Stream<Arguments> largeCatalogues() {
    return LongStream.of(50_000_000, 400_000_000, 1_000_000_000, 10_000_000_000L)
        .boxed()
        .flatMap(
            n ->
                IntStream.of(64, 128, 256)
                    .boxed()
                    .flatMap(d -> Stream.of(2, 8, 64).map(gib -> Arguments.of(n, d, gib * GIB))));
  }

  @ParameterizedTest
  @MethodSource({"catalogues", "largeCatalogues"})
  void keepsItsPromises(long vectors, int dimension, long memory) {
    IndexSpec.Choice choice = IndexSpec.auto(vectors, dimension, memory);
    IndexSpec spec = choice.spec();
    int d = spec.opqDimension() == 0 ? dimension : spec.opqDimension();
    double entries = Math.ceil((double) vectors / choice.shards());
    double coarse = (double) spec.lists() * (4 * d + 8);
    double model =
        4.0 * d * (1 << spec.bits()) + (spec.opqDimension() > 0 ? 4.0 * d * dimension : 0);
    double bytes = entries * (spec.codeBytes() + 8) + coarse + model;

    spec.checkDimension(dimension);
    assertThat(1 << spec.bits())
        .as(choice.reason())
        .isLessThanOrEqualTo((int) Math.min(256, vectors));
    assertThat(bytes + 1.5 * coarse + 4 * entries)
        .as(choice.reason())
        .isLessThanOrEqualTo((double) memory);
    if (spec.lists() > 1) {
      assertThat(coarse / bytes).as(choice.reason()).isLessThanOrEqualTo(0.1501);
      assertThat(entries / spec.lists()).as(choice.reason()).isGreaterThanOrEqualTo(32);
    }
    assertThat(choice.nprobe()).isBetween(1, spec.lists());
    assertThat(spec.lists()).as(choice.reason()).isLessThanOrEqualTo(1 << 18);
    assertThat(spec.subquantizers())
        .as(choice.reason())
        .isLessThanOrEqualTo(vectors <= 65_536 ? Math.max(64, d / 4) : 64);
  }

  @Test
  void theDimensionDoesNotLimitTheLists() {
    for (int dimension : new int[] {64, 128, 256, 512, 1024}) {
      assertThat(IndexSpec.auto(1_000_000_000, dimension, 64 * GIB).spec().lists())
          .as("%d components", dimension)
          .isEqualTo(1 << 18);
    }
  }

  @Test
  void explainsItself() {
    assertThat(IndexSpec.auto(1_000_000_000, 128, 4 * GIB).reason())
        .contains("1,000,000,000 vectors of 128")
        .contains("32 bytes")
        .contains("12 shard(s)")
        .contains("nprobe");
  }

  @Test
  void refusesTooFewVectors() {
    assertThatThrownBy(() -> IndexSpec.auto(15, 128, GIB))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 16")
        .hasMessageContaining("15");
  }

  @ParameterizedTest
  @CsvSource({"100000", "0", "-1", "131072", "140000"})
  void refusesMemoryThatHoldsNoCodebook(long memory) {
    assertThatThrownBy(() -> IndexSpec.auto(10_000_000_000L, 128, memory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("%,d bytes".formatted(memory))
        .hasMessageContaining("131,072");
  }

  @ParameterizedTest
  @CsvSource({"0", "-3", "70000"})
  void refusesDimensionsOutOfRange(int dimension) {
    assertThatThrownBy(() -> IndexSpec.auto(1000, dimension, GIB))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is " + dimension);
  }

  @ParameterizedTest
  @CsvSource({"16, 128", "100, 127", "100, 1", "300, 48", "1000, 37"})
  void whatItChoosesForFewCanBeTrainedOnThem(int vectors, int dimension) {
    TestVectors all = TestVectors.clustered(vectors, dimension, 5);
    IndexSpec spec = IndexSpec.auto(vectors, dimension, GIB).spec();

    try (Quantizer quantizer =
        Quantizer.train(spec, dimension, all.values(), vectors, 5, line -> {})) {
      assertThat(quantizer.spec()).isEqualTo(spec);
    }
  }
}
