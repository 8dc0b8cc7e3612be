package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that NumPy 2.4 wrote:
 *
 * <pre>
 * r = np.random.default_rng(1)
 * m, P, x = r.normal(size=(5, 1)), r.normal(size=(4, 5)), np.arange(5.0)
 * np.savez("lw.npz", m=m, P=P.astype("f4"), lam=[1.0])
 * np.savez_compressed("pca.npz", mean=m[:, 0], projection=np.asfortranarray(P))
 * y = P @ (x - m[:, 0]); print(y / np.linalg.norm(y))
 * </pre>
 */
class NpzWhiteningTest {
  private static final double[] PRINTED = {0.45859250, -0.47803750, -0.69504269, -0.27944360};

  private static byte[] file(String name) throws IOException {
    try (InputStream in = NpzWhiteningTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lw.npz", "pca.npz"})
  void projectsAsNumpyDoes(String name) throws IOException {
    Whitening whitening = Whitening.fromFile(file(name));
    Whitening stored = Whitening.fromFile(whitening.toBytes());

    for (Whitening one : new Whitening[] {whitening, stored}) {
      float[] y = one.project(new float[] {0, 1, 2, 3, 4});
      assertThat(y).hasSize(4);
      for (int k = 0; k < 4; k++) {
        assertThat((double) y[k]).isCloseTo(PRINTED[k], within(1e-6));
      }
    }
    assertThat(whitening.count()).isEqualTo(Whitening.FITTED_ELSEWHERE);
    assertThat(whitening.warning()).isEmpty();
    assertThat(whitening.eigenvalues()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void whatIsNotUsedIsNamed() throws IOException {
    assertThat(Whitening.fromFile(file("lw.npz")).reason()).contains("whose lam is not used");
    assertThat(Whitening.fromFile(file("pca.npz")).reason()).doesNotContain("not used");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<f4 | (2, 3) | (3,) | 1 | 0 | ok",
        "<f4 | (2, 3) | (4,) | 1 | 0 | m has 4 values, but P has rows of 3",
        "<f4 | (4, 3) | (3,) | 1 | 0 | P is 4 × 3: it must have 1 to D rows",
        "<f4 | (6,) | (3,) | 1 | 0 | P has the shape [6], not d × D",
        "<f4 | (2, 3) | (3, 2) | 1 | 0 | m has the shape [3, 2], not of D values",
        "<i4 | (2, 3) | (3,) | 1 | 0 | array m is not of float32 or float64",
        "<f4 | (2, 3) | (3,) | NaN | 0 | array P has the value NaN",
        "<f4 | (2, 3) | (3,) | 0 | 0 | row 0 of the projection has the squared length 0",
        "<f4 | (2, 3) | (3,) | 1 | 4 | bytes of numbers, its shape",
        "<f4 | (2, 99999999999) | (3,) | 1 | 0 | bytes of numbers, its shape",
      })
  void whatDoesNotFitIsOneSentence(
      String type, String shape, String mean, float value, int more, String part)
      throws IOException {
    byte[] bytes =
        zip(
            "m",
            npy(type, mean, 1, numbers(mean)),
            "P",
            npy(type, shape, value, numbers(shape) + more));

    if (part.equals("ok")) {
      assertThat(Whitening.fromFile(bytes).dimension()).isEqualTo(2);
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Whitening.fromFile(bytes))
          .withMessageContaining("NumPy file: ")
          .withMessageContaining(part);
    }
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    byte[] whole = file("lw.npz");
    // What comes after the arrays is the archive's list of them.
    for (int length = 3; length < whole.length / 2; length += 7) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatIllegalArgumentException().isThrownBy(() -> Whitening.fromFile(cut));
    }
  }

  @Test
  void arraysThatAreMissingAreNamed() throws IOException {
    byte[] bytes = zip("m", npy("<f4", "(3,)", 1, 3), "Q", npy("<f4", "(2, 3)", 1, 6));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Whitening.fromFile(bytes))
        .withMessage("NumPy file: it has Q, m: of P, projection, one must be there");
  }

  private static int numbers(String shape) {
    return Arrays.stream(shape.replaceAll("[()\\s]", "").split(","))
        .mapToInt(side -> side.length() > 9 ? 3 : Integer.parseInt(side))
        .reduce(1, (a, b) -> a * b);
  }

  private static byte[] npy(String type, String shape, float value, int numbers) {
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n".formatted(type, shape);
    ByteBuffer out =
        ByteBuffer.allocate(10 + header.length() + 4 * numbers).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1);
    out.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < numbers; i++) {
      out.putFloat(value);
    }
    return out.array();
  }

  private static byte[] zip(String first, byte[] one, String second, byte[] other)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(first + ".npy"));
      zip.write(one);
      zip.putNextEntry(new ZipEntry(second + ".npy"));
      zip.write(other);
    }
    return bytes.toByteArray();
  }
}
