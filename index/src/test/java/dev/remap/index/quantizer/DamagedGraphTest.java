package dev.remap.index.quantizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.TestVectors;
import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.jfaiss.FileHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Graphs whose digest is right and whose numbers would lead Faiss out of its memory. */
class DamagedGraphTest {
  private static final int LISTS = 64;
  private static final int D = 16;
  private static final TestVectors SAMPLE = TestVectors.clustered(2000, D, 7);

  @TempDir private Path temporary;
  private ByteBuffer file;
  private int header;
  private int levelLinks;
  private int levels;
  private int offsets;
  private int neighbors;
  private int entryPoint;

  /** As Faiss writes a graph: a header, five arrays each behind its length, five numbers. */
  @BeforeEach
  void write() throws IOException {
    IndexSpec spec = IndexSpec.parse("IVF" + LISTS + "_HNSW8,PQ4x4np");
    Path path = temporary.resolve("q");
    try (Quantizer quantizer =
        Quantizer.train(spec, D, SAMPLE.values(), SAMPLE.size(), 1, line -> {})) {
      quantizer.write(path);
    }
    byte[] bytes = Files.readAllBytes(path);
    file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header = new String(bytes, ISO_8859_1).indexOf("IHNf") + 4;
    levelLinks = behind(header + 33, Double.BYTES);
    levels = behind(levelLinks, Integer.BYTES);
    offsets = behind(levels, Integer.BYTES);
    neighbors = behind(offsets, Long.BYTES);
    entryPoint = behind(neighbors, Integer.BYTES);
    assertThat(file.getLong(levels)).isEqualTo(LISTS);
    assertThat(file.getLong(offsets)).isEqualTo(LISTS + 1);
  }

  private int behind(int array, int width) {
    return array + Long.BYTES + Math.toIntExact(file.getLong(array)) * width;
  }

  private static int at(int array, int index, int width) {
    return array + Long.BYTES + index * width;
  }

  private int level(int node) {
    return file.getInt(at(levels, node, Integer.BYTES));
  }

  private void assertRefused(String part) throws IOException {
    Path path = Files.write(temporary.resolve("damaged"), file.array());
    String sha256 = FileHash.of(path);

    assertThatThrownBy(() -> Quantizer.open(path, sha256))
        .isInstanceOf(FaissException.class)
        .hasMessageContaining(part);
  }

  @Test
  void theGraphAsItWasWrittenIsTaken() throws IOException {
    Path path = temporary.resolve("q");

    Quantizer.open(path, FileHash.of(path)).close();
  }

  @ParameterizedTest
  @CsvSource({"5,1152921504606846976", "5,0", "0,1", "63,-1", "5,33"})
  void offsetsThatAreNotWhatTheLevelsGiveAreRefused(int node, long offset) throws IOException {
    file.putLong(at(offsets, node, Long.BYTES), offset);

    assertRefused("its HNSW graph is damaged");
  }

  @ParameterizedTest
  @CsvSource({"3,0", "3,-1", "3,1000", "63,2147483647"})
  void levelsThatThereAreNotAreRefused(int node, int level) throws IOException {
    file.putInt(at(levels, node, Integer.BYTES), level);

    assertRefused("its HNSW graph is damaged");
  }

  @ParameterizedTest
  @CsvSource({"0,-16", "0,1", "1,-16", "1,2147483647", "2,0", "2,1073741824"})
  void linksOfALevelThatDoNotAscendFromZeroAreRefused(int level, int links) throws IOException {
    file.putInt(at(levelLinks, level, Integer.BYTES), links);

    assertRefused("its HNSW graph is damaged");
  }

  @Test
  void aLinkToNoNodeIsRefused() throws IOException {
    file.putInt(at(neighbors, 0, Integer.BYTES), LISTS);

    assertRefused("its HNSW graph is damaged");
  }

  @Test
  void aLinkToANodeThatHasNotTheLevelIsRefused() throws IOException {
    int high = 0;
    while (level(high) < 2) {
      high++;
    }
    int low = 0;
    while (level(low) > 1) {
      low++;
    }
    int firstAbove =
        (int) file.getLong(at(offsets, high, Long.BYTES))
            + file.getInt(at(levelLinks, 1, Integer.BYTES));

    file.putInt(at(neighbors, firstAbove, Integer.BYTES), low);

    assertRefused("its HNSW graph is damaged");
  }

  @ParameterizedTest
  @CsvSource({
    "0,64,its HNSW graph is damaged",
    "0,-1,its HNSW graph is damaged",
    "1,7,its HNSW graph is damaged",
    "1,-1,its HNSW graph is damaged",
    "3,0,its HNSW graph has search settings out of range",
    "3,2147483647,its HNSW graph has search settings out of range",
    "4,2147483647,its HNSW graph has search settings out of range",
  })
  void startsAndSettingsOutOfRangeAreRefused(int number, int value, String part)
      throws IOException {
    file.putInt(entryPoint + number * Integer.BYTES, value);

    assertRefused(part);
  }

  @ParameterizedTest
  @CsvSource({"0,17", "4,63", "4,0"})
  void aHeaderOfAnotherSizeIsRefused(int at, int value) throws IOException {
    file.putInt(header + at, value);

    assertRefused("its HNSW graph does not fit its number of lists");
  }
}
