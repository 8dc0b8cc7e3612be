package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WhiteningCodecTest {
  /** Packed by Python's struct and hashlib from the documented layout, not by this code. */
  private static final String VERSION_2 =
      "524d574802000000020000000100000001000000020000000a00000000000000000000000000e03f"
          + "bbbdd7d9df7cdb3d000000000000d03f000000000000f83f000000000000f0bf1300000061732063"
          + "6f6e666967757265643b2074657374000000000000f83f00000000000000c0000000000000104000"
          + "0000000000f03f0000003f0000803e342d6236de04288f1a16bde407b8b7aa86e41aad425f09d38e"
          + "ed8026c8056791";

  @Test
  void readsAndWritesTheGoldenFileOfVersion2() {
    byte[] golden = HexFormat.of().parseHex(VERSION_2);
    Whitening whitening = Whitening.fromBytes(golden);
    assertThat(whitening.inputDimension()).isEqualTo(2);
    assertThat(whitening.dimension()).isEqualTo(1);
    assertThat(whitening.options())
        .isEqualTo(new WhiteningOptions(1, 0.5, 1e-10, 0.25, 1.5, WhiteningOptions.AUTOMATIC));
    assertThat(whitening.rank()).isEqualTo(2);
    assertThat(whitening.count()).isEqualTo(10);
    assertThat(whitening.reason()).isEqualTo("as configured; test");
    assertThat(whitening.mean()).containsExactly(1.5, -2);
    assertThat(whitening.eigenvalues()).containsExactly(4, 1);
    assertThat(whitening.column(0)).containsExactly(0.5);
    assertThat(whitening.column(1)).containsExactly(0.25);
    assertThat(whitening.explainedVariance()).isEqualTo(0.8);
    assertThat(whitening.toBytes()).isEqualTo(golden);
  }

  @Test
  void aRoundTripKeepsEveryBit() {
    float[][] vectors = MomentsTest.vectors(90, 33, 5);
    Whitening whitening = WhiteningTest.fit(vectors, WhiteningOptions.defaults());
    Whitening read = Whitening.fromBytes(whitening.toBytes());
    assertThat(read.toBytes()).isEqualTo(whitening.toBytes());
    assertThat(read.project(vectors[7])).isEqualTo(whitening.project(vectors[7]));
    assertThat(read.warning()).isEqualTo(whitening.warning());
  }

  @Test
  void everyTruncationIsNoticed() {
    byte[] golden = HexFormat.of().parseHex(VERSION_2);
    for (int length = 0; length < golden.length; length++) {
      assertRefused(Arrays.copyOf(golden, length));
    }
    assertRefused(Arrays.copyOf(golden, golden.length + 1));
  }

  @Test
  void everyFlippedBitIsNoticed() {
    byte[] golden = HexFormat.of().parseHex(VERSION_2);
    for (int bit = 0; bit < 8 * golden.length; bit++) {
      byte[] damaged = golden.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertRefused(damaged);
    }
  }

  @Test
  void aHeaderThatClaimsTerabytesAllocatesNothing() {
    byte[] damaged = HexFormat.of().parseHex(VERSION_2);
    ByteBuffer header = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(8, Integer.MAX_VALUE).putInt(12, Integer.MAX_VALUE);
    assertThatThrownBy(() -> Whitening.fromBytes(damaged))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2147483647 components, which must be 1 to 16383");
    header.putInt(8, 16_383).putInt(12, 16_383);
    assertThatThrownBy(() -> Whitening.fromBytes(damaged))
        .hasMessageContaining("it has 167 bytes instead of");
    header.putInt(8, 2).putInt(20, 3);
    assertThatThrownBy(() -> Whitening.fromBytes(damaged))
        .hasMessageContaining("its dimension 16383 or rank 3 is not in 1..2");
  }

  /** Written by something else: the digest is right. */
  @Test
  void numbersThatAreNotFiniteAreRefused() throws NoSuchAlgorithmException {
    byte[] golden = HexFormat.of().parseHex(VERSION_2);
    int mean = golden.length - 32 - 2 * Float.BYTES - 4 * Double.BYTES;
    byte[] damaged = golden.clone();
    ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putDouble(mean, Double.NaN);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(damaged, 0, damaged.length - 32);
    System.arraycopy(sha256.digest(), 0, damaged, damaged.length - 32, 32);
    assertThatThrownBy(() -> Whitening.fromBytes(damaged)).hasMessageContaining("not finite");
  }

  @Test
  void oneThatKeepsLengthsIsAFileOfItsOwnAndComesBack() {
    float[] vector = {3, -4e-20f, 1e9f};
    Whitening kept = Whitening.fromBytes(Whitening.none(3, Metric.L2, "e").toBytes());
    Whitening unit = Whitening.fromBytes(Whitening.none(3, Metric.COSINE, "e").toBytes());

    assertThat(kept.metric()).isEqualTo(Metric.L2);
    assertThat(kept.project(vector)).containsExactly(vector);
    assertThat(kept.reason()).contains("keep their lengths");
    assertThat(unit.metric()).isEqualTo(Metric.COSINE);
    assertThat(unit.project(new float[] {3, 0, -4})).containsExactly(0.6f, 0, -0.8f);
    assertThat(kept.toBytes()).isNotEqualTo(unit.toBytes());
    assertThat(kept.toBytes()).isNotEqualTo(Whitening.none(3, Metric.L2, "other").toBytes());
  }

  @Test
  void anotherVersionIsNamed() {
    byte[] newer = HexFormat.of().parseHex(VERSION_2);
    newer[4] = 9;
    assertThatThrownBy(() -> Whitening.fromBytes(newer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its version is 9, known are 2 and 3");
  }

  private static void assertRefused(byte[] bytes) {
    assertThatThrownBy(() -> Whitening.fromBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no intact whitening file");
  }
}
