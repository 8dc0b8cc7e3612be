package dev.remap.jobs.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.MomentRow;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.Row;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.row.VectorRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentTest {
  private static final long SEED = 20261122;
  private static final int DIMENSION = 24;

  @TempDir private Path folder;
  private final Random random = new Random(SEED);
  private Store store;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
  }

  @Test
  void returnsTheRowsOfEveryTable() {
    checkRoundTrip(RowFormat.snapshot(), Rows.snapshot(1000, KeyRange.ALL, random));
    checkRoundTrip(RowFormat.rejects(), Rows.rejects(1000, KeyRange.ALL, random));
    checkRoundTrip(
        RowFormat.descriptors(DIMENSION), Rows.vectors(1000, DIMENSION, KeyRange.ALL, random));
    checkRoundTrip(
        RowFormat.vectors(DIMENSION), Rows.vectors(1000, DIMENSION, KeyRange.ALL, random));
    checkRoundTrip(RowFormat.moments(DIMENSION), Rows.moments(DIMENSION, random));
    checkRoundTrip(RowFormat.neighbors(), Rows.neighbors(1000, KeyRange.ALL, random));
    checkRoundTrip(RowFormat.duplicates(), Rows.duplicates(1000, KeyRange.ALL, random));
  }

  @Test
  void neighboursThatCannotBeAreNotStored() {
    for (List<NeighborRow.Neighbor> wrong :
        List.of(
            List.of(new NeighborRow.Neighbor(2, "b", Float.NaN)),
            List.of(new NeighborRow.Neighbor(1, "a", 1)),
            List.of(new NeighborRow.Neighbor(2, "b", 0), new NeighborRow.Neighbor(3, "c", 1)))) {
      assertThatThrownBy(
              () -> write("n", RowFormat.neighbors(), List.of(new NeighborRow(1, "a", wrong))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Image 'a' has ");
    }
  }

  private <R extends Row> void checkRoundTrip(RowFormat<R> format, List<R> rows) {
    SegmentRef ref = write(format.table(), format, rows);

    assertThat(ref.rows()).isEqualTo(rows.size());
    assertThat(ref.file().bytes()).isEqualTo(folder.resolve(ref.path()).toFile().length());
    assertThat(read(ref, format)).as("%s, seed %d", format.table(), SEED).isEqualTo(rows);
  }

  @Test
  void keepsExtremeKeysValuesAndDeletes() {
    float[] extreme = {Float.MAX_VALUE, -Float.MIN_VALUE, -0.0f, 0.1f};
    List<VectorRow> rows =
        List.of(
            new VectorRow(0, Change.PUT, "a", "", 1, 1, extreme),
            VectorRow.delete(5, "b"),
            new VectorRow(6, Change.PUT, "c", "v", 9, 9, new float[4]),
            VectorRow.delete(Long.MAX_VALUE, "d"));

    assertThat(read(write("x", RowFormat.vectors(4), rows), RowFormat.vectors(4))).isEqualTo(rows);
  }

  @Test
  void someRowsOfMomentsAreReadWithoutThePagesOfOthers() throws IOException {
    RowFormat<MomentRow> format = RowFormat.moments(300);
    List<MomentRow> rows = Rows.moments(300, random);
    SegmentRef ref = write("moments", format, rows);
    for (int[] some : new int[][] {{-1, -1}, {-1, 40}, {31, 32}, {7, 250}, {299, 299}, {-1, 299}}) {
      assertThat(readRows(ref, some[0], some[1]))
          .as("seed %d, rows %d to %d", SEED, some[0], some[1])
          .isEqualTo(rows.subList(some[0] + 1, some[1] + 2));
    }

    // Nine tenths of a triangle's values lie in its first 205 rows.
    Path file = folder.resolve(ref.path());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length * 9 / 10] ^= 1;
    Files.write(file, bytes);
    assertThat(readRows(ref, 0, 100)).isEqualTo(rows.subList(1, 102));
    assertThatThrownBy(() -> readRows(ref, 180, 230)).isInstanceOf(StoreException.class);
  }

  private List<MomentRow> readRows(SegmentRef ref, int from, int to) {
    List<MomentRow> read = new ArrayList<>();
    RowFormat<MomentRow> format = RowFormat.moments(300);
    try (SegmentReader<MomentRow> reader =
        SegmentReader.openRows(store, ref, format, from, to, Verification.LENGTH)) {
      reader.forEachRemaining(read::add);
    }
    return read;
  }

  @Test
  void writesTheSameBytesForTheSameRows() throws IOException {
    List<VectorRow> rows = Rows.vectors(3000, DIMENSION, KeyRange.ALL, random);
    List<SnapshotRow> listing = Rows.snapshot(3000, KeyRange.ALL, random);

    SegmentRef first = write("one", RowFormat.vectors(DIMENSION), rows);
    SegmentRef second = write("two", RowFormat.vectors(DIMENSION), rows);
    SegmentRef third = write("three", RowFormat.snapshot(), listing);
    SegmentRef fourth = write("four", RowFormat.snapshot(), listing);

    assertThat(Files.readAllBytes(folder.resolve("two")))
        .isEqualTo(Files.readAllBytes(folder.resolve("one")));
    assertThat(second.file().sha256()).isEqualTo(first.file().sha256());
    assertThat(fourth.file().sha256()).isEqualTo(third.file().sha256());
  }

  @Test
  void keepsFingerprintsInTheFooter() {
    Map<String, String> fingerprints = Map.of("extractor", "e1", "snapshot", "s1");
    SegmentRef ref;
    try (SegmentWriter<RejectRow> writer =
        SegmentWriter.create(store, "x", RowFormat.rejects(), KeyRange.ALL, fingerprints)) {
      ref = writer.finish();
    }

    try (SegmentReader<RejectRow> reader = SegmentReader.open(store, ref, RowFormat.rejects())) {
      assertThat(reader.fingerprints()).isEqualTo(fingerprints);
      assertThat(reader.hasNext()).isFalse();
    }
  }

  @Test
  void readsOnlyTheRowsOfARange() {
    List<VectorRow> rows = Rows.vectors(5000, DIMENSION, KeyRange.ALL, random);
    SegmentRef ref = write("x", RowFormat.vectors(DIMENSION), rows);

    for (int i = 0; i < 40; i++) {
      int from = random.nextInt(rows.size());
      int to = Math.min(rows.size() - 1, from + random.nextInt(300));
      KeyRange range = new KeyRange(rows.get(from).key(), rows.get(to).key());

      assertThat(read(ref, RowFormat.vectors(DIMENSION), range))
          .as("%s, seed %d", range, SEED)
          .isEqualTo(rows.subList(from, to + 1));
    }
    long gap = rows.get(0).key() + 1;
    assertThat(read(ref, RowFormat.vectors(DIMENSION), new KeyRange(gap, gap))).isEmpty();
  }

  @Test
  void shapesTheFileAsTheDesignHasIt() throws IOException {
    List<VectorRow> rows = Rows.vectors(2000, 512, KeyRange.ALL, random);
    write("vectors", RowFormat.vectors(512), rows);
    write("descriptors", RowFormat.descriptors(512), rows);
    write("snapshot", RowFormat.snapshot(), Rows.snapshot(100, KeyRange.ALL, random));

    try (ParquetFileReader file = parquet("vectors")) {
      assertThat(file.getFileMetaData().getSchema())
          .hasToString(
              """
              message vectors {
                required int64 key;
                required binary image_id (STRING);
                required binary version (STRING);
                required binary kind (STRING);
                required int32 width;
                required int32 height;
                optional group vector (LIST) {
                  repeated group list {
                    required float element;
                  }
                }
              }
              """);
      ColumnChunkMetaData vector = column(file, 6);
      assertThat(vector.getCodec()).isEqualTo(CompressionCodecName.UNCOMPRESSED);
      assertThat(vector.hasDictionaryPage()).isFalse();
      assertThat(vector.getStatistics().isEmpty()).isTrue();
      assertThat(vector.getColumnIndexReference()).isNull();
      assertThat(column(file, 0).getColumnIndexReference()).isNotNull();
      int rowBytes = 4 * 512;
      long pages = file.readOffsetIndex(vector).getPageCount();
      assertThat(pages).isBetween(2000L * rowBytes / (80 << 10), 2000L * rowBytes / (48 << 10));
      long keyPages = file.readOffsetIndex(column(file, 0)).getPageCount();
      assertThat(keyPages).as("pages that a range of keys is cut by").isEqualTo(8);
    }
    try (ParquetFileReader file = parquet("descriptors")) {
      assertThat(file.readOffsetIndex(column(file, 6)).getPageCount()).isBetween(4, 5);
    }
    try (ParquetFileReader file = parquet("snapshot")) {
      assertThat(column(file, 1).getCodec()).isEqualTo(CompressionCodecName.ZSTD);
    }
  }

  @Test
  void cutsRowGroupsOf64MiB() throws IOException {
    int dimension = 8192;
    SegmentRef ref;
    try (SegmentWriter<VectorRow> writer =
        SegmentWriter.create(
            store, "big", RowFormat.descriptors(dimension), KeyRange.ALL, Map.of())) {
      for (int i = 0; i < 2100; i++) {
        float[] vector = new float[dimension];
        vector[i] = i;
        writer.write(new VectorRow(i, Change.PUT, "i" + i, "v", 1, 1, vector));
      }
      ref = writer.finish();
    }
    try (ParquetFileReader file = parquet("big")) {
      assertThat(file.getRowGroups()).hasSize(2);
      for (BlockMetaData group : file.getRowGroups()) {
        assertThat(group.getTotalByteSize()).isLessThan(68L << 20);
      }
    }
    // Above 64 MiB a segment is verified in a pass of its own and then read in place.
    assertThat(ref.file().bytes()).isGreaterThan(64L << 20);
    int expected = 0;
    try (SegmentReader<VectorRow> reader =
        SegmentReader.open(store, ref, RowFormat.descriptors(dimension))) {
      while (reader.hasNext()) {
        VectorRow row = reader.next();
        assertThat(row.key()).isEqualTo(expected);
        assertThat(row.vector()[expected]).isEqualTo(expected);
        expected++;
      }
    }
    assertThat(expected).isEqualTo(2100);
  }

  @Test
  void refusesRowsThatMustNotBeStored() {
    KeyRange range = new KeyRange(10, 20);
    try (SegmentWriter<VectorRow> writer =
        SegmentWriter.create(store, "x", RowFormat.vectors(2), range, Map.of())) {
      writer.write(put(12, "a", 1, 2));

      refuse(writer, put(12, "b", 1, 2), "Key 12 follows key 12");
      refuse(writer, put(11, "b", 1, 2), "Key 11 follows key 12");
      refuse(writer, put(21, "b", 1, 2), "outside the unit's range 10..20");
      refuse(writer, put(13, "b", 1), "'b' has 1 values where vectors have 2");
      refuse(writer, put(13, "b", 1, Float.NaN), "has NaN as value 1");
      refuse(writer, put(13, "b", Float.NEGATIVE_INFINITY, 1), "has -Infinity as value 0");
      refuse(writer, put(13, "", 1, 2), "empty id");
      refuse(
          writer, new VectorRow(13, Change.PUT, "b", "", 0, 5, new float[2]), "'b' is 0x5 pixels");
      refuse(
          writer,
          new VectorRow(13, Change.DELETE, "b", "", 0, 0, new float[2]),
          "carries a vector");

      writer.write(put(13, "b", 3, 4));
      SegmentRef ref = writer.finish();
      assertThat(read(ref, RowFormat.vectors(2)))
          .containsExactly(put(12, "a", 1, 2), put(13, "b", 3, 4));
    }
  }

  @Test
  void refusesStrangeListingsRejectsAndMoments() {
    SnapshotRow noUri =
        new SnapshotRow(1, Change.PUT, "a", "", "v", OptionalLong.empty(), OptionalLong.empty());
    SnapshotRow negative =
        new SnapshotRow(1, Change.PUT, "a", "u", "v", OptionalLong.of(-1), OptionalLong.of(1));
    RejectRow never =
        new RejectRow(
            1,
            Change.PUT,
            "a",
            "u",
            "v",
            OptionalLong.empty(),
            OptionalLong.empty(),
            "read",
            RejectRow.Kind.ACCESS,
            "r",
            0);

    refuseFirst(RowFormat.snapshot(), noUri, "has no URI");
    refuseFirst(RowFormat.snapshot(), negative, "negative offset");
    refuseFirst(RowFormat.rejects(), never, "after 0 attempts");
    refuseFirst(RowFormat.moments(3), new MomentRow(3, 1, new double[0]), "there is none");
    refuseFirst(RowFormat.moments(3), new MomentRow(-2, 1, new double[3]), "there is none");
    refuseFirst(RowFormat.moments(3), new MomentRow(1, 1, new double[3]), "3 values, not 2");
    refuseFirst(RowFormat.moments(3), new MomentRow(-1, -1, new double[3]), "-1 descriptors");
    refuseFirst(
        RowFormat.moments(1), new MomentRow(0, 1, new double[] {Double.NaN}), "NaN as value 0");
    assertThatThrownBy(
            () ->
                new SnapshotRow(
                    1, Change.PUT, "a", "u", "v", OptionalLong.of(1), OptionalLong.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RowFormat.vectors(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RowFormat.moments(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void neverStoresHalfACharacter() {
    try (SegmentWriter<VectorRow> writer =
        SegmentWriter.create(store, "x", RowFormat.vectors(1), KeyRange.ALL, Map.of())) {
      refuse(writer, put(1, "a\udc00", 1), "not Unicode");
    }
    assertThat(store.list("x")).isEmpty();
  }

  @Test
  void deletesWhatItDidNotFinish() {
    try (SegmentWriter<VectorRow> writer =
        SegmentWriter.create(store, "a/x", RowFormat.vectors(1), KeyRange.ALL, Map.of())) {
      writer.write(put(1, "a", 1));
    }

    assertThat(store.list("a")).isEmpty();
  }

  @Test
  void refusesASegmentOfAnotherTableOrDimension() {
    SegmentRef ref = write("x", RowFormat.vectors(2), List.of(put(1, "a", 1, 2)));

    assertThatThrownBy(() -> read(ref, RowFormat.descriptors(2)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("remap.table vectors")
        .hasMessageContaining("descriptors is needed");
    assertThatThrownBy(() -> read(ref, RowFormat.vectors(1)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("more values than the 1 expected");
    assertThatThrownBy(() -> read(ref, RowFormat.vectors(3)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("fewer values than the 3 expected");
  }

  @Test
  void refusesASegmentWhoseRowsAreNotThoseRecorded() {
    SegmentRef ref = write("x", RowFormat.vectors(1), List.of(put(1, "a", 1)));
    SegmentRef claim = new SegmentRef(ref.file(), 2);

    assertThatThrownBy(() -> read(claim, RowFormat.vectors(1)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("it has 1 rows, recorded were 2");
  }

  private static VectorRow put(long key, String id, float... vector) {
    return new VectorRow(key, Change.PUT, id, "v", 2, 3, vector);
  }

  private static <R extends Row> void refuse(SegmentWriter<R> writer, R row, String message) {
    assertThatThrownBy(() -> writer.write(row))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private <R extends Row> void refuseFirst(RowFormat<R> format, R row, String message) {
    try (SegmentWriter<R> writer =
        SegmentWriter.create(store, "y", format, KeyRange.ALL, Map.of())) {
      refuse(writer, row, message);
    }
  }

  private <R extends Row> SegmentRef write(String path, RowFormat<R> format, List<R> rows) {
    try (SegmentWriter<R> writer =
        SegmentWriter.create(store, path, format, KeyRange.ALL, Map.of())) {
      rows.forEach(writer::write);
      assertThat(writer.rows()).isEqualTo(rows.size());
      return writer.finish();
    }
  }

  private <R extends Row> List<R> read(SegmentRef ref, RowFormat<R> format) {
    return read(ref, format, KeyRange.ALL);
  }

  private <R extends Row> List<R> read(SegmentRef ref, RowFormat<R> format, KeyRange range) {
    List<R> rows = new ArrayList<>();
    try (SegmentReader<R> reader =
        SegmentReader.open(store, ref, format, range, Verification.FULL)) {
      reader.forEachRemaining(rows::add);
    }
    return rows;
  }

  private ParquetFileReader parquet(String path) throws IOException {
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(
            new org.apache.hadoop.fs.Path(folder.resolve(path).toUri()), new Configuration()));
  }

  private static ColumnChunkMetaData column(ParquetFileReader file, int column) {
    return file.getRowGroups().get(0).getColumns().get(column);
  }
}
