package dev.remap.jobs.catalogue.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.Catalogues;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.spark.TaskFailures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that NumPy and pyarrow wrote: {@code bin/make-embedding-fixture}. */
class EmbeddingFilesTest {
  private static final Path FILES =
      Path.of("src/test/resources/dev/remap/jobs/catalogue/embedding").toAbsolutePath();
  private static final int ROWS = 7;

  @TempDir private Path folder;

  private static List<Found> found(Path catalogue, String... pairs) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("catalogue.uri", catalogue.toString());
    settings.put("catalogue.format", "embeddings");
    settings.put("embeddings.dimension", "5");
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put(pairs[i], pairs[i + 1]);
    }
    return TaskFailures.unwrap(
        () -> Catalogues.of(Settings.load(null, settings)).find(LocalSpark.spark()).collect());
  }

  private static List<ListedImage> rows(Path catalogue, String... pairs) {
    return found(catalogue, pairs).stream()
        .filter(ListedImage.class::isInstance)
        .map(ListedImage.class::cast)
        .sorted(Comparator.comparing(ListedImage::imageId))
        .toList();
  }

  private static List<Float> values(ListedImage row) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(VectorUri.bytes(row.uri())).order(ByteOrder.LITTLE_ENDIAN);
      List<Float> values = new ArrayList<>();
      while (bytes.hasRemaining()) {
        values.add(bytes.getFloat());
      }
      return values;
    } catch (ImageException e) {
      throw new AssertionError(e);
    }
  }

  private Path copy(String name, String as) throws IOException {
    Path target = folder.resolve(as);
    Files.createDirectories(target.getParent());
    return Files.copy(FILES.resolve(name), target);
  }

  private static void refused(Path catalogue, String... words) {
    assertThatThrownBy(() -> rows(catalogue))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }

  /** Of numbers that are bytes. */
  private static String width(String file) {
    return file.startsWith("bytes16") ? "float16" : "auto";
  }

  @Test
  void bytesThatMayBeVectorsOfAnotherDimensionAreRefused() {
    refused(
        FILES.resolve("bytes16.parquet"),
        "row 1: its vector has 10 bytes, which are float16 of 5 components or float32 of 2",
        "set embeddings.bytes = float16");
    assertThatThrownBy(() -> rows(FILES.resolve("bytes32.parquet"), "embeddings.dimension", "10"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("float16 of 10 components or float32 of 5");
  }

  @Test
  void everyFileHasTheNumbersThatWereWritten() throws IOException {
    JsonNode expected = new ObjectMapper().readTree(FILES.resolve("expected.json").toFile());
    assertThat(expected.size()).isEqualTo(18);
    for (Map.Entry<String, JsonNode> file : expected.properties()) {
      String width = width(file.getKey());
      List<ListedImage> rows = rows(FILES.resolve(file.getKey()), "embeddings.bytes", width);

      boolean isTable = file.getKey().endsWith(".parquet");
      assertThat(rows)
          .as(file.getKey())
          .extracting(ListedImage::imageId)
          .containsExactlyElementsOf(
              IntStream.range(0, ROWS)
                  .mapToObj(i -> isTable ? "v" + i : file.getKey() + "/" + i)
                  .toList());
      for (int i = 0; i < ROWS; i++) {
        List<Float> wanted = new ArrayList<>();
        file.getValue().get(i).forEach(number -> wanted.add(number.floatValue()));
        assertThat(values(rows.get(i))).as("%s, row %d", file.getKey(), i).isEqualTo(wanted);
      }
      assertThat(rows).extracting(ListedImage::version).doesNotHaveDuplicates();
    }
  }

  @Test
  void vectorsThatAreMissingAreListedAndCannotBeTaken() {
    List<ListedImage> rows = rows(FILES.resolve("holes.parquet"));

    assertThat(rows).hasSize(ROWS);
    assertThat(values(rows.get(1))).isEmpty();
    assertThat(values(rows.get(2))).isEmpty();
    assertThat(values(rows.get(3))).containsExactly(1f, Float.NaN, 3f, 4f, 5f);
    assertThat(values(rows.get(4))).hasSize(5);
  }

  /** Neither a row number nor anything else may take the place of an id that is missing. */
  @Test
  void aRowOfATableWithoutAnIdIsRefused() {
    refused(FILES.resolve("noid.parquet"), "noid.parquet, row 3, has no id");
    assertThat(rows(FILES.resolve("noid.parquet"), "catalogue.columns.id", "row-number"))
        .hasSize(ROWS);
  }

  @Test
  void arraysOfOtherKindsAreRefusedInASentence() {
    refused(FILES.resolve("fortran.npy"), "fortran.npy", "Fortran's order", "ascontiguousarray");
    refused(FILES.resolve("big.npy"), "of type >f4", "float16, float32 and float64");
    refused(FILES.resolve("cube.npy"), "no matrix with a vector in each row", "(7, 5, 1)");
  }

  @Test
  void whatAFileClaimsIsComparedWithItsSize() throws IOException {
    for (String name : List.of("f4.npy", "a.fvecs", "a.fbin", "a.bvecs", "a.u8bin")) {
      Path cut = copy(name, "cut-" + name);
      try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
        file.setLength(file.length() - 3);
      }
      refused(cut, "cut-" + name, "cut short");
    }
    Path lying = copy("a.fbin", "lying.fbin");
    try (RandomAccessFile file = new RandomAccessFile(lying.toFile(), "rw")) {
      file.writeInt(-1);
    }
    refused(lying, "4,294,967,295 vectors", "it has 148 bytes");
    Path wide = copy("a.fvecs", "wide.fvecs");
    try (RandomAccessFile file = new RandomAccessFile(wide.toFile(), "rw")) {
      file.writeInt(-1);
    }
    refused(wide, "4,294,967,295 components");
    Path other = copy("a.fvecs", "other.fvecs");
    try (RandomAccessFile file = new RandomAccessFile(other.toFile(), "rw")) {
      file.seek(24);
      file.writeInt(Integer.reverseBytes(4));
    }
    refused(other, "vector 1", "4 components", "the first one has 5");
    refused(Files.write(folder.resolve("empty.npy"), new byte[0]), "empty.npy", "has 0 bytes");
    refused(Files.write(folder.resolve("short.fbin"), new byte[7]), "short.fbin", "has 7 bytes");
    refused(Files.write(folder.resolve("short.fvecs"), new byte[2]), "short.fvecs", "cut short");
    refused(
        Files.write(folder.resolve("text.npy"), "no array".getBytes(StandardCharsets.ISO_8859_1)),
        "as NumPy's arrays do");
  }

  /** An export that failed leaves such files, which hold as many vectors as they say. */
  @Test
  void filesWithoutAVectorAreCounted() throws IOException {
    Path catalogue = copy("a.fvecs", "empty/full.fvecs").getParent();
    Files.write(catalogue.resolve("none.fvecs"), new byte[0]);
    Files.write(catalogue.resolve("none.fbin"), new byte[] {0, 0, 0, 0, 5, 0, 0, 0});
    byte[] array = Files.readAllBytes(FILES.resolve("f4.npy"));
    String header = new String(array, StandardCharsets.ISO_8859_1).replace("(7, 5)", "(0, 5)");
    Files.write(
        catalogue.resolve("none.npy"),
        Arrays.copyOf(
            header.getBytes(StandardCharsets.ISO_8859_1), array.length - ROWS * 5 * Float.BYTES));

    assertThat(rows(catalogue)).hasSize(ROWS);
    LeftOut leftOut = new LeftOut();
    found(catalogue).stream()
        .filter(LeftOut.class::isInstance)
        .forEach(some -> leftOut.add((LeftOut) some));
    assertThat(leftOut.toString())
        .contains("3 × files without a vector (none.fbin, none.fvecs, none.npy)");
  }

  @Test
  void ofAFolderOfClipRetrievalTheImagesAreTakenByTheIdsBesideThem() throws IOException {
    copy("f2.npy", "clip/img_emb/img_emb_0.npy");
    copy("f4.npy", "clip/text_emb/text_emb_0.npy");
    copy("list32.parquet", "clip/metadata/metadata_0.parquet");
    copy("list32.parquet", "clip/metadata/metadata_1.parquet");

    List<Found> found = found(folder.resolve("clip"));

    assertThat(found.stream().filter(ListedImage.class::isInstance).map(ListedImage.class::cast))
        .extracting(ListedImage::imageId)
        .containsExactlyInAnyOrder("v0", "v1", "v2", "v3", "v4", "v5", "v6");
    LeftOut leftOut = new LeftOut();
    found.stream().filter(LeftOut.class::isInstance).forEach(some -> leftOut.add((LeftOut) some));
    assertThat(leftOut.toString())
        .contains("1 × ids without vectors (metadata_1.parquet)")
        .contains("1 × vectors of texts beside those of images (text_emb_0.npy)");
    assertThat(rows(folder.resolve("clip"), "catalogue.columns.id", "row-number"))
        .extracting(ListedImage::imageId)
        .contains("img_emb/img_emb_0.npy/0");
  }

  @Test
  void idsOfAnotherNumberThanVectorsAreRefused() throws IOException {
    Path array = copy("f4.npy", "mixed/emb_3.npy");
    copy("list32.parquet", "mixed/metadata_3.parquet");
    byte[] bytes = Files.readAllBytes(array);
    String header = new String(bytes, StandardCharsets.ISO_8859_1);
    Files.write(
        array,
        Arrays.copyOf(
            header.replace("(7, 5)", "(6, 5)").getBytes(StandardCharsets.ISO_8859_1),
            bytes.length - 20));

    refused(folder.resolve("mixed"), "it has 6 vectors", "metadata_3.parquet", "has 7 rows");
  }

  @Test
  void aTextFileBesideAnArrayHasItsIds() throws IOException {
    Path array = copy("a.fvecs", "texts/a.fvecs");
    Path ids = folder.resolve("texts/a.fvecs.ids");
    Files.writeString(ids, "zero\nüber\nthe third\n3\n4\n5\n6\n");

    assertThat(rows(array))
        .extracting(ListedImage::imageId)
        .containsExactly("3", "4", "5", "6", "the third", "zero", "über");

    Files.writeString(ids, "\ufeffzero\r\nüber\r\nthe third\r\n3\r\n4\r\n5\r\n6");
    assertThat(rows(array))
        .as("as some programs write texts")
        .extracting(ListedImage::imageId)
        .containsExactly("3", "4", "5", "6", "the third", "zero", "über");

    Files.writeString(ids, "zero\n");
    refused(array, "it has 7 vectors", "a.fvecs.ids, has 1 rows");
    Files.writeString(ids, "0\n1\n2\n3\n4\n\n6\n");
    refused(array, "a.fvecs.ids has none in line 6");
    Files.writeString(ids, "0\nüber\n2\n3\n4\n5\n6\n", StandardCharsets.ISO_8859_1);
    refused(array, "line 2 of", "a.fvecs.ids", "byte 0xFC is no UTF-8");
  }

  @Test
  void anArrayThatLostItsIdsIsNotListedUnderNumbers() throws IOException {
    copy("a.fvecs", "lost/a.fvecs");
    copy("a.fvecs", "lost/b.fvecs");
    Files.writeString(folder.resolve("lost/a.fvecs.ids"), "a\nb\nc\nd\ne\nf\ng\n");

    refused(folder.resolve("lost"), "b.fvecs has no table or .ids file", "row-number");
    assertThat(rows(folder.resolve("lost"), "catalogue.columns.id", "row-number")).hasSize(14);

    Files.delete(folder.resolve("lost/b.fvecs"));
    assertThat(found(folder.resolve("lost")).stream().filter(LeftOut.class::isInstance))
        .as("ids that were taken are not left out")
        .allMatch(some -> ((LeftOut) some).isEmpty());
    Files.writeString(folder.resolve("lost/c.fvecs.ids"), "a\n");
    assertThat(found(folder.resolve("lost")).toString()).contains("1 × ids without vectors");
  }

  @Test
  void columnsAreKnownByNameOrNamed() {
    Path table = FILES.resolve("list32.parquet");
    assertThat(rows(table, "embeddings.column", "embedding")).hasSize(ROWS);
    assertThatThrownBy(() -> rows(table, "embeddings.column", "vec"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("column vec", "embeddings.column", "embedding");
    assertThat(rows(table, "catalogue.columns.id", "row-number"))
        .extracting(ListedImage::imageId)
        .contains("list32.parquet/1", "list32.parquet/7");
  }

  @Test
  void formatAndDimensionGoTogether() {
    assertThatThrownBy(() -> rows(FILES, "embeddings.dimension", "0"))
        .hasMessageContaining("embeddings.dimension does not say");
    assertThatThrownBy(() -> rows(FILES, "catalogue.format", "folder"))
        .hasMessageContaining("embeddings.dimension is 5");
  }
}
