package dev.remap.index.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSpecTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "IVF1,PQ1np",
        "IVF1024,PQ16np",
        "IVF65536_HNSW32,PQ16x4np",
        "OPQ16_64,IVF4096,PQ16np",
        "OPQ32_128,IVF262144_HNSW32,PQ32x6np"
      })
  void readsAndWritesTheSameText(String text) {
    assertThat(IndexSpec.parse(text)).hasToString(text);
  }

  @Test
  void readsEveryPart() {
    assertThat(IndexSpec.parse("OPQ16_64,IVF4096_HNSW32,PQ16x6np"))
        .isEqualTo(new IndexSpec(64, 4096, 32, 16, 6));
    assertThat(IndexSpec.parse("IVF4096,PQ16x8np")).isEqualTo(new IndexSpec(0, 4096, 0, 16, 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "IVF1024,PQ16              | np",
        "IVF1024,PQ16x8            | np",
        "IVF1024,PQ16x4fs          | fast-scan",
        "IVF1024,Flat              | no PQ part",
        "IVF1024,SQ8               | no PQ part",
        "PQ16np                    | no IVF part",
        "Flat                      | no IVF part",
        "HNSW32                    | no IVF part",
        "IMI2x8,PQ16np             | no IVF part",
        "OPQ16,IVF1024,PQ16np      | output dimension",
        "OPQ16_64,IVF1024,PQ8np    | same m: write OPQ8_",
        "OPQ16_60,IVF1024,PQ16np   | multiple of m = 16",
        "IVF1024,PQ16x3np          | must be in 4..8, is 3",
        "IVF1024,PQ16x12np         | must be in 4..8, is 12",
        "IVF0,PQ16np               | IVFn: lists is 0",
        "IVF16777217,PQ16np        | lists must be in 1..16777216, is 16777217",
        "OPQ4_0,IVF4,PQ4np         | OPQm_d: components is 0: leave the part out",
        "OPQ0_4,IVF4,PQ4np         | OPQm_d: numbers in a code is 0",
        "OPQ4_65540,IVF4,PQ4np     | OPQm_d: components must be in 1..65536",
        "OPQ99999999999_4,IVF4,PQ4np | OPQm_d: numbers in a code is too large",
        "IVF4_HNSW0,PQ4np          | _HNSWm: links of a node is 0: leave the part out",
        "IVF4_HNSW00,PQ4np         | _HNSWm: links of a node is 0",
        "IVF4_HNSW129,PQ4np        | _HNSWm: links of a node must be in 4..128",
        "IVF4,PQ4x0np              | PQmxb: bits of each number is 0",
        "IVF4,PQ4x99999999999np    | PQmxb: bits of each number is too large",
        "IVF4,PQ65537np            | PQm: numbers in a code must be in 1..65536",
        "IVF4_HNSW32_HNSW32,PQ4np  | expected form",
        "IVF4(HNSW32),PQ4np        | expected form",
        "RR64,IVF4,PQ4np           | expected form",
        "PCA64,IVF4,PQ4np          | expected form",
        "L2norm,IVF4,PQ4np         | expected form",
        "IDMap,IVF4,PQ4np          | expected form",
        "IVF-4,PQ4np               | expected form",
        "ivf4,pq4np                | no IVF part",
        "IVF4,PQ4x8npnp            | expected form",
        "IVF99999999999,PQ16np     | too large",
        "IVF1024_HNSW2,PQ16np      | links of a node must be in 4..128",
        "IVF1024,PQ0np             | numbers in a code",
        " IVF1024,PQ16np,Refine    | expected form",
        "''                        | no IVF part"
      })
  void saysWhatIsWrong(String text, String expected) {
    assertThatThrownBy(() -> IndexSpec.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining(expected);
  }

  @Test
  void checksTheDimension() {
    IndexSpec plain = IndexSpec.parse("IVF16,PQ16np");
    IndexSpec reducing = IndexSpec.parse("OPQ16_64,IVF16,PQ16np");

    assertThatCode(() -> plain.checkDimension(128)).doesNotThrowAnyException();
    assertThatCode(() -> reducing.checkDimension(100)).doesNotThrowAnyException();
    assertThatThrownBy(() -> plain.checkDimension(100)).hasMessageContaining("multiple of m = 16");
    assertThatThrownBy(() -> reducing.checkDimension(60)).hasMessageContaining("can't raise 60");
    assertThatThrownBy(() -> plain.checkDimension(0)).hasMessageContaining("dimension");
  }

  @Test
  void countsBytesAndTrainingVectors() {
    IndexSpec spec = IndexSpec.parse("IVF4096,PQ15x5np");

    assertThat(spec.codeBytes()).isEqualTo(10);
    assertThat(spec.minimumTrainingVectors()).isEqualTo(4096);
    assertThat(IndexSpec.parse("IVF4,PQ16np").minimumTrainingVectors()).isEqualTo(256);
    assertThat(spec.trainingVectors()).isEqualTo(64 * 4096);
    assertThat(IndexSpec.parse("IVF4,PQ16np").trainingVectors()).isEqualTo(65536);
    assertThat(IndexSpec.parse("IVF16777216,PQ16np").trainingVectors()).isEqualTo(1L << 30);
  }
}
