package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
  private static final RowFormat<VectorRow> FORMAT = RowFormat.vectors(2);

  @TempDir private Path folder;
  private Store store;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
  }

  @Test
  void letsTheNewestRowOfAKeyWin() {
    Ledger base =
        layer("night0", 2, put(1, "a", 1), put(3, "c", 1), put(5, "e", 1), put(LAST, "z", 1));
    Ledger first =
        layer("night1", 3, put(1, "a", 2), delete(3, "c"), put(4, "d", 2), delete(5, "e"));
    Ledger second = layer("night2", 1, put(3, "c", 3), delete(4, "d"), delete(9, "gone"));

    assertThat(read(base)).isEqualTo(List.of("a1", "c1", "e1", "z1"));
    assertThat(read(base, first)).isEqualTo(List.of("a2", "d2", "z1"));
    assertThat(read(base, first, second)).isEqualTo(List.of("a2", "c3", "z1"));
    assertThat(read(first)).isEqualTo(List.of("a2", "d2"));
    assertThat(read()).isEmpty();
  }

  private static final long LAST = Long.MAX_VALUE;

  @Test
  void readsTheRowsOfARangeOverUnitsThatDoNotAlign() {
    Random random = new Random(20261122);
    TreeMap<Long, VectorRow> truth = new TreeMap<>();
    List<Ledger> layers = new ArrayList<>();
    for (int night = 0; night < 3; night++) {
      TreeMap<Long, VectorRow> rows = new TreeMap<>();
      for (int i = 0; i < 400; i++) {
        long key = (long) random.nextInt(600) * (LAST / 600);
        boolean delete = night > 0 && random.nextInt(3) == 0;
        rows.put(key, delete ? delete(key, "i" + key) : put(key, "i" + key, night));
      }
      rows.forEach((key, row) -> apply(truth, row));
      layers.add(layer("night" + night, 3 + 2 * night, rows.values().toArray(VectorRow[]::new)));
    }
    Table<VectorRow> table = new Table<>(store, FORMAT, layers);

    for (int i = 0; i < 30; i++) {
      long from = (long) (random.nextDouble() * LAST);
      long to = i == 0 ? LAST : from + (long) (random.nextDouble() * (LAST - from));
      KeyRange range = i == 1 ? KeyRange.ALL : new KeyRange(from, to);
      List<VectorRow> read = new ArrayList<>();
      try (TableReader<VectorRow> reader = table.read(range, Verification.FULL)) {
        reader.forEachRemaining(read::add);
      }
      assertThat(read)
          .as("%s", range)
          .isEqualTo(List.copyOf(truth.subMap(range.from(), true, range.to(), true).values()));
    }
  }

  private static void apply(Map<Long, VectorRow> truth, VectorRow row) {
    if (row.change() == Change.PUT) {
      truth.put(row.key(), row);
    } else {
      truth.remove(row.key());
    }
  }

  @Test
  void refusesAKeyThatMeetsAnotherId() {
    Ledger base = layer("night0", 1, put(1, "a", 1));
    Ledger night = layer("night1", 1, put(1, "b", 1));

    assertThatThrownBy(() -> read(base, night))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Key 1 is image 'b' in vectors/w/night1")
        .hasMessageContaining("image 'a' in vectors/w/night0");
  }

  @Test
  void refusesADamagedSegmentOfAnyLayer() throws IOException {
    Ledger base = layer("night0", 1, put(1, "a", 1));
    Ledger night = layer("night1", 1, put(2, "b", 1));
    Path segment = folder.resolve(base.units().get(0).segments().get("vectors").path());
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length / 2] ^= 1;
    Files.write(segment, bytes);

    assertThatThrownBy(() -> read(base, night))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(segment.getFileName().toString());
  }

  @Test
  void readsOfASegmentThatReachesBeyondTheRangeWhatTheRangeNeeds() throws IOException {
    int rows = 4000;
    int broken = 1500;
    Ledger base =
        layer(
            "night0",
            1,
            IntStream.range(0, rows)
                .mapToObj(key -> put(key, "i" + key, key))
                .toArray(VectorRow[]::new));
    Path segment = folder.resolve(base.units().get(0).segments().get("vectors").path());
    byte[] bytes = Files.readAllBytes(segment);
    ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (values.getFloat(at) != broken) {
      at++;
    }
    bytes[at] ^= 1;
    Files.write(segment, bytes);

    assertThat(read(base, new KeyRange(0, 999))).hasSize(1000);
    assertThat(read(base, new KeyRange(3900, LAST))).hasSize(100);
    for (KeyRange range :
        List.of(new KeyRange(broken, broken), new KeyRange(1000, LAST), KeyRange.ALL)) {
      assertThatThrownBy(() -> read(base, range))
          .as("%s", range)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("is damaged")
          .hasMessageContaining(segment.getFileName().toString());
    }
  }

  private List<VectorRow> read(Ledger layer, KeyRange range) {
    List<VectorRow> read = new ArrayList<>();
    Table<VectorRow> table = new Table<>(store, FORMAT, List.of(layer));
    try (TableReader<VectorRow> reader = table.read(range, Verification.FULL)) {
      reader.forEachRemaining(read::add);
    }
    return read;
  }

  @Test
  void countsTheRowsThatAreStored() {
    Ledger night = layer("night1", 3, put(1, "a", 1), delete(2, "b"), put(LAST, "z", 1));

    assertThat(night.rows("vectors")).isEqualTo(3);
    assertThat(night.rows("rejects")).isZero();
    assertThat(night.segments("vectors", new KeyRange(0, 5))).hasSize(1);
    assertThat(night.segments("vectors", KeyRange.ALL)).hasSize(2);
  }

  private List<String> read(Ledger... layers) {
    List<String> read = new ArrayList<>();
    Table<VectorRow> table = new Table<>(store, FORMAT, List.of(layers));
    try (TableReader<VectorRow> reader = table.read(KeyRange.ALL, Verification.FULL)) {
      reader.forEachRemaining(row -> read.add(row.imageId() + (int) row.vector()[0]));
    }
    return read;
  }

  @Test
  void rowsOfAnotherWhiteningAreNotReadAndBothAreNamed() {
    Ledger own = layer("night0", Map.of("whitening", "w"), 1, put(1, "a", 1));
    Ledger other = layer("night1", Map.of("whitening", "other"), 1, put(2, "b", 1));

    assertThat(read(own)).isEqualTo(List.of("a1"));
    assertThatThrownBy(() -> read(own, other))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(
            "it was computed from whitening other, and its layer is of whitening w");
  }

  /** Writes a layer of ascending rows, cut into that many units. */
  private Ledger layer(String name, int units, VectorRow... rows) {
    return layer(name, Map.of(), units, rows);
  }

  private Ledger layer(String name, Map<String, String> from, int units, VectorRow... rows) {
    Layer layer = new Layer(store, TableKind.VECTORS.of("w").layer(name).folder());
    Plan plan = layer.createPlan(Plans.even(units, "w"));
    for (Unit unit : plan.units()) {
      try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("run", 0), "test")) {
        SegmentWriter<VectorRow> segment = writer.segment(layer.folder(), FORMAT, from);
        for (VectorRow row : rows) {
          if (unit.range().contains(row.key())) {
            segment.write(row);
          }
        }
        writer.commit(Map.of());
      }
    }
    return layer.fold(plan, "test");
  }

  private static VectorRow put(long key, String id, int value) {
    return new VectorRow(key, Change.PUT, id, "v", 1, 1, new float[] {value, 0});
  }

  private static VectorRow delete(long key, String id) {
    return VectorRow.delete(key, id);
  }
}
