package dev.remap.jobs.catalogue.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.ForgedParquet;
import dev.remap.jobs.catalogue.file.ListedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables with images whose pages, dictionaries and footers do not say the truth. */
class DamagedParquetImagesTest extends ImageTables {
  @Test
  void imagesInACodecThatIsNotThereAreRefusedWhenListed() throws Exception {
    Path file = one("gzip");
    ForgedParquet forged = new ForgedParquet(file);
    forged.footer(
        footer -> forged.column(1).setCodec(org.apache.parquet.format.CompressionCodec.BROTLI));

    assertRefused(file, "its column image is compressed with brotli");
  }

  /**
   * Never a crash, never more memory than the file has; a wrong image only where no sum is kept.
   */
  @Test
  void damageEndsInASentence() throws Exception {
    String path = write(table().coalesce(1), Map.of("compression", "snappy"));
    Path file = only(path);
    byte[] whole = Files.readAllBytes(file);
    List<ListedImage> images = List.copyOf(list(path, "auto").values());
    Random random = new Random(SEED);
    int told = 0;
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length * 9 / 10)] ^= (byte) (1 + random.nextInt(255));
      Files.write(file, damaged);
      ListedImage image = images.get(random.nextInt(images.size()));
      ListedImage unversioned =
          new ListedImage(image.imageId(), image.uri(), "unknown", -1, image.range());
      try {
        assertThat(read(unversioned))
            .as("seed %d round %d", SEED, round)
            .isEqualTo(bytes(Integer.parseInt(image.imageId().substring(2))));
      } catch (IOException | ImageException e) {
        told++;
      }
    }
    assertThat(told).isPositive();
  }

  @Test
  void aFileThatIsNoParquetIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("no.parquet"), "words that are no table");

    assertRefused(file, "no.parquet cannot be read as Parquet");
  }

  @ParameterizedTest
  @CsvSource({"0,image_id", "1,image"})
  void aColumnThatClaimsToReachBeyondTheFileIsRefused(int column, String name) throws IOException {
    Path file = one("uncompressed");
    ForgedParquet forged = new ForgedParquet(file);

    forged.footer(footer -> forged.column(column).setTotal_compressed_size(1_000_000_000_000L));

    assertRefused(
        file,
        file.getFileName() + " cannot be read as Parquet",
        "its column " + name + " says it has 1000000000000 bytes");
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void aPageThatClaimsMoreThanAPageMayHaveIsRefused(int column) throws IOException {
    Path file = one("gzip");

    new ForgedParquet(file)
        .page(
            column,
            (header, body) -> {
              header.setUncompressed_page_size(Integer.MAX_VALUE);
              return body;
            });

    assertRefused(file, file.getFileName().toString(), "has more than 512 MiB");
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void aPageThatClaimsMoreRowsThanItsGroupIsRefused(int column) throws IOException {
    Path file = one("uncompressed");

    new ForgedParquet(file)
        .page(
            column,
            (header, body) -> {
              header.getData_page_header().setNum_values(Integer.MAX_VALUE);
              return body;
            });

    assertRefused(
        file,
        file.getFileName().toString(),
        "says it has 2147483647 rows, and its row group has 20 left");
  }

  @Test
  void fewerIdsThanRowsAreRefused() throws IOException {
    Path file = one("snappy");

    new ForgedParquet(file)
        .page(
            0,
            (header, body) -> {
              header.getData_page_header().setNum_values(10);
              return body;
            });

    assertRefused(file, "its column image_id has fewer values than rows");
  }

  /** The decompressor would take 2 GiB. */
  @Test
  void snappyThatClaimsAnotherSizeThanItsPageIsRefused() throws IOException {
    Path file = one("snappy");
    byte[] claim = {-1, -1, -1, -1, 7, 0, 0, 0, 0, 0};

    new ForgedParquet(file).page(1, (header, body) -> claim);

    ListedImage image = list(file.toString(), "parquet-images").get("id0");
    assertThatThrownBy(() -> read(image))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bytes uncompressed, and what Snappy made of them 2147483647");
    new ForgedParquet(file).page(0, (header, body) -> claim);
    assertRefused(file, "what Snappy made of them 2147483647");
  }

  @Test
  void aPageThatIsTooLargeForTheLargestImageIsNotUnpacked() throws IOException {
    Path file = one("gzip");
    new ForgedParquet(file)
        .page(
            1,
            (header, body) -> {
              header.setUncompressed_page_size((64 << 20) + 1);
              return body;
            });

    ListedImage image = list(file.toString(), "parquet-images").get("id0");

    assertThatThrownBy(() -> read(image))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("67108865 bytes uncompressed; at most 67108864 are read");
  }

  @Test
  void aDictionaryThatClaimsMoreValuesThanFitIsRefused() throws IOException {
    Dataset<Row> table = table().withColumn("image_id", functions.expr("concat('id', label % 3)"));
    Path file = only(write(table.coalesce(1), Map.of("compression", "uncompressed")));
    ForgedParquet forged = new ForgedParquet(file);

    forged.dictionary(
        0, header -> header.getDictionary_page_header().setNum_values(Integer.MAX_VALUE));

    assertRefused(file, "its dictionary says it has 2147483647 values in ");
  }
}
