package dev.remap.jobs.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.row.VectorRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged segments are refused, with the file's name, or the damage is where no row is. */
class DamageTest {
  private static final long SEED = 7;
  private static final RowFormat<VectorRow> FORMAT = RowFormat.vectors(16);

  @TempDir private Path folder;
  private Store store;
  private List<VectorRow> rows;
  private SegmentRef ref;
  private byte[] whole;

  @BeforeEach
  void write() throws IOException {
    store = Store.openOrCreate(folder.toString(), new Configuration());
    rows = Rows.vectors(300, 16, KeyRange.ALL, new Random(SEED));
    try (SegmentWriter<VectorRow> writer =
        SegmentWriter.create(store, "segment", FORMAT, KeyRange.ALL, Map.of())) {
      rows.forEach(writer::write);
      ref = writer.finish();
    }
    whole = Files.readAllBytes(folder.resolve("segment"));
  }

  @Test
  void refusesEveryFlippedByteNamingTheFileAndWhatToDo() throws IOException {
    for (int at = 0; at < whole.length; at += 131) {
      damage(at);

      assertThatThrownBy(() -> read(ref, Verification.FULL))
          .as("byte %d", at)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("segment is damaged")
          .hasMessageContaining(ref.file().sha256())
          .hasMessageContaining("restore it");
    }
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    for (int length = 0; length < whole.length; length += 1009) {
      Files.write(folder.resolve("segment"), Arrays.copyOf(whole, length));

      for (Verification verification : Verification.values()) {
        assertThatThrownBy(() -> read(ref, verification))
            .as("cut to %d", length)
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("segment is damaged")
            .hasMessageContaining("recorded were " + whole.length);
      }
    }
  }

  @Test
  void noticesDamagedValuesByTheirPageChecksumsAlone() throws IOException {
    int noticed = 0;
    for (VectorRow row : rows.subList(0, 50)) {
      int at = indexOf(row.vector());
      damage(at);

      assertThatThrownBy(() -> read(ref, Verification.LENGTH))
          .as("byte %d", at)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("segment is damaged")
          .hasMessageContaining("checksum");
      noticed++;
    }
    assertThat(noticed).isEqualTo(50);
  }

  @Test
  void noticesDamagedValuesByTheirPageChecksumsInARangeToo() throws IOException {
    VectorRow row = rows.get(150);
    damage(indexOf(row.vector()));
    KeyRange range = new KeyRange(row.key(), row.key());

    assertThatThrownBy(
            () -> SegmentReader.open(store, ref, FORMAT, range, Verification.LENGTH).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void aDamagedFooterIsNotTakenForThatOfAnotherVersion() throws IOException {
    damage(new String(whole, StandardCharsets.ISO_8859_1).indexOf("remap.schema-version"));

    assertThatThrownBy(() -> read(ref, Verification.LENGTH))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("segment is damaged")
        .hasMessageContaining(ref.file().sha256());
  }

  @Test
  void failsOnlyWithItsOwnExceptionWhateverIsDamaged() throws IOException {
    for (int at = 0; at < whole.length; at += 61) {
      damage(at);

      Throwable thrown = catchThrowable(() -> read(ref, Verification.LENGTH));

      if (thrown != null) {
        assertThat(thrown).as("byte %d", at).isInstanceOf(StoreException.class);
        assertThat(thrown).hasMessageContaining("segment");
      }
    }
  }

  @Test
  void refusesAFooterThatClaimsWhatTheFileDoesNotHave() throws IOException {
    for (int at = whole.length - 8; at < whole.length - 4; at++) {
      damage(at);

      assertThatThrownBy(() -> read(ref, Verification.LENGTH))
          .as("byte %d", at)
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void refusesWhatIsNoSegmentAtAll() throws IOException {
    byte[] text = "this is not Parquet, however long it may be".getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("segment"), text);
    SegmentRef honest = new SegmentRef(new FileRef("segment", text.length, Sha256.hex(text)), 300);

    assertThatThrownBy(() -> read(honest, Verification.FULL))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("segment");
  }

  private void damage(int at) throws IOException {
    byte[] damaged = whole.clone();
    damaged[at] ^= 0x55;
    Files.write(folder.resolve("segment"), damaged);
  }

  /** Where a vector stands in the file, whose values are plain little-endian floats. */
  private int indexOf(float[] vector) {
    ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (bytes.getFloat(at) != vector[0]) {
      at++;
    }
    return at;
  }

  private List<VectorRow> read(SegmentRef segment, Verification verification) {
    List<VectorRow> read = new ArrayList<>();
    try (SegmentReader<VectorRow> reader =
        SegmentReader.open(store, segment, FORMAT, KeyRange.ALL, verification)) {
      reader.forEachRemaining(read::add);
    }
    return read;
  }
}
