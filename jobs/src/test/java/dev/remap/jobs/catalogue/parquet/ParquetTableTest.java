package dev.remap.jobs.catalogue.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.remap.jobs.catalogue.ForgedParquet;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableRow;
import dev.remap.jobs.catalogue.table.TableRows;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Parquet tables of any types: what is needed is read exactly, what is not is not looked at. */
class ParquetTableTest {
  @TempDir private Path folder;

  private Path write(String schema, int rows, BiConsumer<Group, Integer> fill) throws IOException {
    return write(schema, rows, fill, WriterVersion.PARQUET_1_0, CompressionCodecName.SNAPPY);
  }

  private Path write(
      String schema,
      int rows,
      BiConsumer<Group, Integer> fill,
      WriterVersion version,
      CompressionCodecName codec)
      throws IOException {
    Path file = folder.resolve("t.parquet");
    Files.deleteIfExists(file);
    MessageType type = MessageTypeParser.parseMessageType("message table {" + schema + "}");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toString()))
            .withType(type)
            .withWriterVersion(version)
            .withCompressionCodec(codec)
            .withRowGroupSize(50_000L)
            .withPageSize(2_000)
            .build()) {
      for (int row = 0; row < rows; row++) {
        Group group = new SimpleGroup(type);
        fill.accept(group, row);
        writer.write(group);
      }
    }
    return file;
  }

  private static List<TableRow> rows(Path file, TableColumns columns) throws IOException {
    ListedImage listed =
        new ListedImage(file.getFileName().toString(), file.toString(), "1@1", Files.size(file));
    List<TableRow> rows = new ArrayList<>();
    try (TableRows read =
        TableRows.of(
            file.toString(),
            "parquet",
            () -> new ParquetTable(listed, columns, new Configuration(false)))) {
      read.forEachRemaining(rows::add);
    }
    return rows;
  }

  private static List<String> ids(Path file) throws IOException {
    return rows(file, TableColumns.KNOWN).stream().map(TableRow::imageId).toList();
  }

  private static Binary bytes(int... bytes) {
    byte[] array = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    return Binary.fromConstantByteArray(array);
  }

  @Test
  void typesOfColumnsThatAreNotNeededDoNotMatter() throws IOException {
    Path file =
        write(
            "required binary image_id (STRING); required binary uri (STRING);optional int64 made"
                + " (TIMESTAMP(NANOS,false)); optional int64 at (TIME(NANOS,true));optional"
                + " fixed_len_byte_array(2) half (FLOAT16); optional int96 old;optional"
                + " fixed_len_byte_array(12) span (INTERVAL); optional binary more (BSON);optional"
                + " fixed_len_byte_array(16) u (UUID);optional group tags (LIST) { repeated group"
                + " list { optional double element; } }optional group deep { optional group deeper"
                + " { optional int32 x (INTEGER(8,false)); } }",
            2,
            (row, i) -> {
              row.append("image_id", "id" + i).append("uri", i + ".jpg").append("made", 5L);
              row.append("half", bytes(1, 2)).append("span", bytes(new int[12]));
              row.addGroup("tags").addGroup("list").append("element", 1.5);
            });

    assertThat(rows(file, TableColumns.KNOWN))
        .extracting(TableRow::imageId, TableRow::uri, TableRow::version)
        .containsExactly(tuple("id0", "0.jpg", null), tuple("id1", "1.jpg", null));
  }

  private static final UUID AN_ID = UUID.fromString("8bca7bc7-f51f-4184-8977-6316e34f222d");

  private static Object value(String type) {
    byte[] uuid =
        ByteBuffer.allocate(16)
            .putLong(AN_ID.getMostSignificantBits())
            .putLong(AN_ID.getLeastSignificantBits())
            .array();
    return switch (type) {
      case "int32 image_id (INTEGER(32,false))", "int32 image_id" -> -1;
      case "int32 image_id (INTEGER(8,true))" -> -128;
      case "int32 image_id (INTEGER(16,false))" -> 65535;
      case "int64 image_id (INTEGER(64,false))", "int64 image_id" -> -1L;
      case "int64 image_id (DECIMAL(18,0))" -> 9007199254740993L;
      case "binary image_id (DECIMAL(30,0))" ->
          Binary.fromConstantByteArray(BigInteger.TEN.pow(25).toByteArray());
      case "fixed_len_byte_array(16) image_id (UUID)" -> Binary.fromConstantByteArray(uuid);
      case "fixed_len_byte_array(3) image_id" -> bytes('a', 'b', 'c');
      default -> Binary.fromString("é漢");
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int32 image_id | -1",
        "int32 image_id (INTEGER(8,true)) | -128",
        "int32 image_id (INTEGER(16,false)) | 65535",
        "int32 image_id (INTEGER(32,false)) | 4294967295",
        "int64 image_id | -1",
        "int64 image_id (INTEGER(64,false)) | 18446744073709551615",
        "int64 image_id (DECIMAL(18,0)) | 9007199254740993",
        "binary image_id (DECIMAL(30,0)) | 10000000000000000000000000",
        "fixed_len_byte_array(16) image_id (UUID) | 8bca7bc7-f51f-4184-8977-6316e34f222d",
        "fixed_len_byte_array(3) image_id | abc",
        "binary image_id (STRING) | é漢",
        "binary image_id (ENUM) | é漢",
        "binary image_id | é漢",
      })
  void idsComeThroughAsTheyAreWritten(String type, String id) throws IOException {
    for (WriterVersion version : WriterVersion.values()) {
      Path file =
          write(
              "required " + type + "; required binary uri (STRING);",
              3,
              (row, i) -> {
                Object value = value(type);
                if (value instanceof Integer number) {
                  row.append("image_id", number);
                } else if (value instanceof Long number) {
                  row.append("image_id", number);
                } else {
                  row.append("image_id", (Binary) value);
                }
                row.append("uri", "x");
              },
              version,
              CompressionCodecName.ZSTD);

      assertThat(ids(file)).as(version.name()).containsExactly(id, id, id);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "double image_id | ids of type double in its column image_id",
        "float image_id | ids of type float",
        "boolean image_id | ids of type boolean",
        "int96 image_id | ids of type int96",
        "int64 image_id (DECIMAL(18,2)) | ids of type int64 (DECIMAL(18,2))",
        "int32 image_id (DATE) | ids of type int32 (DATE)",
        "int64 image_id (TIMESTAMP(NANOS,true)) | ids of type int64 (TIMESTAMP(NANOS,true))",
        "fixed_len_byte_array(2) image_id (FLOAT16) | ids of type fixed_len_byte_array (FLOAT16)",
      })
  void idsWithoutAnExactTextAreRefused(String type, String part) throws IOException {
    Path file = write("optional " + type + "; optional binary uri;", 1, (row, i) -> {});

    assertThatThrownBy(() -> ids(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(part)
        .hasMessageContaining("write them as texts or whole numbers");
  }

  @ParameterizedTest
  @EnumSource(WriterVersion.class)
  void columnsOfManyPagesAndGroupsStayBesideEachOther(WriterVersion version) throws IOException {
    int rows = 5_000;
    Path file =
        write(
            "required int64 id; optional binary note; optional binary url (STRING); optional binary"
                + " version;",
            rows,
            (row, i) -> {
              row.append("id", i * 1_000_003L).append("url", "u" + i);
              row.append("note", "n".repeat(i % 50));
              if (i % 3 != 0) {
                row.append("version", "v" + i % 7);
              }
            },
            version,
            CompressionCodecName.GZIP);

    List<TableRow> read = rows(file, TableColumns.KNOWN);

    assertThat(read).hasSize(rows);
    for (int i = 0; i < rows; i++) {
      assertThat(read.get(i))
          .isEqualTo(
              new TableRow(
                  Long.toString(i * 1_000_003L),
                  "u" + i,
                  i % 3 == 0 ? null : "v" + i % 7,
                  file.toString(),
                  "row " + (i + 1)));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CompressionCodecName.class,
      names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4_RAW"})
  void codecsThatAreSaidToBeReadAreRead(CompressionCodecName codec) throws IOException {
    Path file =
        write(
            "required binary image_id; required binary uri;",
            500,
            (row, i) -> row.append("image_id", "id" + i).append("uri", "x"),
            WriterVersion.PARQUET_1_0,
            codec);

    assertThat(ids(file)).hasSize(500).startsWith("id0", "id1").endsWith("id499");
  }

  @Test
  void nestedColumnsAreNamedByDots() throws IOException {
    Path file =
        write(
            "optional group image { optional group at { optional binary path (STRING); } optional"
                + " int64 id; }",
            3,
            (row, i) -> {
              Group image = row.addGroup("image").append("id", (long) i);
              if (i != 1) {
                image.addGroup("at").append("path", i + ".jpg");
              }
            });

    assertThat(rows(file, new TableColumns("image.id", "image.at.path", "", "")))
        .extracting(TableRow::imageId, TableRow::uri)
        .containsExactly(tuple("0", "0.jpg"), tuple("1", null), tuple("2", "2.jpg"));
  }

  @Test
  void idsThatAreNoUtf8AreRefusedWithTheirRow() throws IOException {
    Path file =
        write(
            "required binary image_id; required binary uri;",
            3,
            (row, i) ->
                row.append("image_id", i == 1 ? bytes('M', 0xFC) : bytes('a', '0' + i))
                    .append("uri", "x"));

    assertThatThrownBy(() -> ids(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("t.parquet cannot be read as parquet: row 2: byte 0xFC is no UTF-8");
  }

  @Test
  void aColumnOfUrisMustBeTexts() throws IOException {
    Path file = write("required binary image_id; required int64 uri;", 0, (row, i) -> {});

    assertThatThrownBy(() -> ids(file))
        .hasMessageContaining("values of type int64 in its column uri, where texts are needed");
  }

  @ParameterizedTest
  @EnumSource(
      value = CompressionCodec.class,
      names = {"BROTLI", "LZO"})
  void aCodecThatIsNotThereIsNamed(CompressionCodec codec) throws IOException {
    Path file =
        write(
            "required binary image_id; required binary uri;",
            1,
            (row, i) -> row.append("image_id", "a").append("uri", "x"));
    ForgedParquet forged = new ForgedParquet(file);
    forged.footer(footer -> forged.column(1).setCodec(codec));

    assertThatThrownBy(() -> ids(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "t.parquet cannot be read as parquet: its column uri is compressed with")
        .hasMessageContaining("write it with zstd, snappy, gzip or uncompressed");
  }

  /** Every length that a broken download may have. */
  @Test
  void aFileThatIsCutShortIsRefusedInASentence() throws IOException {
    Path file =
        write(
            "required binary image_id; required binary uri;",
            20,
            (row, i) -> row.append("image_id", "a" + i).append("uri", "x"));
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> ids(file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("t.parquet cannot be read as parquet: ")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
  }

  @Test
  void aVersionMayHaveAnyType() throws IOException {
    Path file =
        write(
            "required int32 id; required binary uri; required int64 version"
                + " (TIMESTAMP(MILLIS,true));",
            1,
            (row, i) -> row.append("id", 1).append("uri", "x").append("version", 1L));

    assertThat(rows(file, TableColumns.KNOWN))
        .singleElement()
        .extracting(TableRow::version)
        .isEqualTo("1970-01-01T00:00:00.001+0000");
  }

  @Test
  void textsMayHaveAnyCharacters() throws IOException {
    String id = new String("a\0\n😀".getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    Path file =
        write(
            "required binary image_id; required binary uri;",
            1,
            (row, i) -> row.append("image_id", id).append("uri", "x"));

    assertThat(ids(file)).containsExactly(id);
  }
}
