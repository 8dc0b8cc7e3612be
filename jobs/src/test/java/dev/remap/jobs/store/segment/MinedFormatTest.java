package dev.remap.jobs.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.MinedRow;
import dev.remap.jobs.store.row.MinedRow.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training has mined, as a file that artifacts take, and as others read it. */
class MinedFormatTest {
  private static final RowFormat<MinedRow> FORMAT = RowFormat.mined();
  private static final List<MinedRow> ROWS =
      List.of(
          new MinedRow(0, Role.QUERY, 0, "a/1.jpg", "a/1.jpg"),
          new MinedRow(0, Role.POSITIVE, 0, "a/2.jpg", "a/1.jpg"),
          new MinedRow(0, Role.NEGATIVE, 1, "лес.jpg", ""),
          new MinedRow(0, Role.NEGATIVE, 2, "b/1.jpg", "b/0.jpg"),
          new MinedRow(1, Role.QUERY, 0, "b/1.jpg", "b/0.jpg"),
          new MinedRow(1, Role.POSITIVE, 0, "b/0.jpg", "b/0.jpg"),
          new MinedRow(7, Role.QUERY, 0, "a/2.jpg", "a/1.jpg"));

  @TempDir private Path folder;
  private Store store;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
  }

  private FileRef stored(byte[] bytes) throws IOException {
    Files.write(folder.resolve("mined.parquet"), bytes);
    return new FileRef("mined.parquet", bytes.length, Sha256.hex(bytes));
  }

  private List<MinedRow> read(FileRef file) {
    List<MinedRow> rows = new ArrayList<>();
    try (SegmentReader<MinedRow> reader = SegmentReader.open(store, file, FORMAT)) {
      reader.forEachRemaining(rows::add);
    }
    return rows;
  }

  @Test
  void aReaderThatDoesNotKnowTheTableFindsAFlatOne() throws IOException {
    byte[] bytes = SegmentWriter.bytes(FORMAT, ROWS);
    stored(bytes);

    List<Group> groups = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(
                new GroupReadSupport(),
                new org.apache.hadoop.fs.Path(folder.resolve("mined.parquet").toUri()))
            .build()) {
      for (Group group = reader.read(); group != null; group = reader.read()) {
        groups.add(group);
      }
    }
    assertThat(groups.get(0).getType())
        .hasToString(
            """
            message mined {
              required int32 tuple;
              required binary role (STRING);
              required int32 rank;
              required binary image_id (STRING);
              required binary group (STRING);
            }
            """);
    assertThat(groups.stream().map(MinedFormatTest::text))
        .containsExactly(
            "0|query|0|a/1.jpg|a/1.jpg",
            "0|positive|0|a/2.jpg|a/1.jpg",
            "0|negative|1|лес.jpg|",
            "0|negative|2|b/1.jpg|b/0.jpg",
            "1|query|0|b/1.jpg|b/0.jpg",
            "1|positive|0|b/0.jpg|b/0.jpg",
            "7|query|0|a/2.jpg|a/1.jpg");
  }

  private static String text(Group row) {
    return "%d|%s|%d|%s|%s"
        .formatted(
            row.getInteger("tuple", 0),
            row.getString("role", 0),
            row.getInteger("rank", 0),
            row.getString("image_id", 0),
            row.getString("group", 0));
  }

  @Test
  void theSameRowsGiveTheSameBytesAndComeBack() throws IOException {
    byte[] bytes = SegmentWriter.bytes(FORMAT, ROWS);
    assertThat(SegmentWriter.bytes(FORMAT, List.copyOf(ROWS))).isEqualTo(bytes);
    assertThat(read(stored(bytes))).isEqualTo(ROWS);

    // As segments are written that tasks leave in a store.
    SegmentRef segment;
    try (SegmentWriter<MinedRow> writer =
        SegmentWriter.create(store, "segment", FORMAT, KeyRange.ALL, Map.of())) {
      ROWS.forEach(writer::write);
      segment = writer.finish();
    }
    assertThat(Files.readAllBytes(folder.resolve("segment"))).isEqualTo(bytes);
    assertThat(read(segment.file())).isEqualTo(ROWS);

    List<MinedRow> many = new ArrayList<>();
    for (int tuple = 0; tuple < 5000; tuple++) {
      many.add(new MinedRow(tuple, Role.QUERY, 0, "q" + tuple, "g" + tuple % 7));
      many.add(new MinedRow(tuple, Role.NEGATIVE, 1, "n" + tuple % 11, ""));
    }
    assertThat(read(stored(SegmentWriter.bytes(FORMAT, many)))).isEqualTo(many);
    assertThat(read(stored(SegmentWriter.bytes(FORMAT, List.of())))).isEmpty();
  }

  @Test
  void whatNoTupleHasIsNotWritten() {
    refuse("No image of a tuple", new MinedRow(-1, Role.QUERY, 0, "a", "g"));
    refuse("No image of a tuple", new MinedRow(0, Role.QUERY, 1, "a", "g"));
    refuse("No image of a tuple", new MinedRow(0, Role.POSITIVE, 1, "a", "g"));
    refuse("No image of a tuple", new MinedRow(0, Role.NEGATIVE, 0, "a", "g"));
    refuse("No image of a tuple", new MinedRow(0, Role.NEGATIVE, -1, "a", "g"));
    refuse("empty id", new MinedRow(0, Role.QUERY, 0, "", "g"));
    MinedRow query = new MinedRow(1, Role.QUERY, 0, "a", "g");
    MinedRow positive = new MinedRow(1, Role.POSITIVE, 0, "b", "g");
    MinedRow hardest = new MinedRow(1, Role.NEGATIVE, 1, "c", "");
    MinedRow second = new MinedRow(1, Role.NEGATIVE, 2, "d", "");
    refuse("keys must ascend", query, query);
    refuse("keys must ascend", positive, query);
    refuse("keys must ascend", hardest, positive);
    refuse("keys must ascend", second, hardest);
    refuse("keys must ascend", query, new MinedRow(0, Role.NEGATIVE, Integer.MAX_VALUE, "e", ""));
  }

  private static void refuse(String message, MinedRow... rows) {
    assertThatThrownBy(() -> SegmentWriter.bytes(FORMAT, List.of(rows)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void damagedFilesAndThoseOfOtherTablesAreRefused() throws IOException {
    byte[] bytes = SegmentWriter.bytes(FORMAT, ROWS);
    FileRef file = stored(bytes);
    for (int at = 0; at < bytes.length; at += 97) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x55;
      stored(damaged);
      assertThatThrownBy(() -> read(file))
          .as("byte %d", at)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("mined.parquet is damaged");
    }

    FileRef labels = stored(SegmentWriter.bytes(RowFormat.labels(), List.of()));
    assertThatThrownBy(() -> read(labels))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("remap.table labels")
        .hasMessageContaining("mined is needed");
  }
}
