package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.keys.KeyException;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Rows;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that somebody made up are read or refused in one sentence: no crash, no huge allocation.
 */
class FuzzTest {
  private static final long SEED = 20261124;
  private static final int CASES = 1000;
  private static final List<String> JSON =
      List.of(
          "record",
          "ledger",
          "plan",
          "manifest",
          "published",
          "published-verdict",
          "key-exception");

  @TempDir private Path folder;
  private final Random random = new Random(SEED);
  private Store store;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
  }

  @Test
  void parquetIsReadOrRefused() throws IOException {
    RowFormat<VectorRow> format = RowFormat.vectors(8);
    SegmentRef ref;
    try (SegmentWriter<VectorRow> writer =
        SegmentWriter.create(store, "segment", format, KeyRange.ALL, Map.of("from", "here"))) {
      Rows.vectors(60, 8, KeyRange.ALL, random).forEach(writer::write);
      ref = writer.finish();
    }
    byte[] whole = Files.readAllBytes(folder.resolve("segment"));
    int footer = footer(whole);
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] bytes = mutate(whole, i % 2 == 0 ? whole.length - footer - 8 : 0);
      Files.write(folder.resolve("segment"), bytes);
      SegmentRef claimed =
          new SegmentRef(new FileRef("segment", bytes.length, Sha256.hex(bytes)), ref.rows());
      Verification verification = i % 3 == 0 ? Verification.LENGTH : Verification.FULL;
      refused += isRefused(i, () -> read(claimed, format, verification)) ? 1 : 0;
    }
    assertThat(refused).as("seed %d", SEED).isGreaterThan(CASES / 2);
  }

  private static int footer(byte[] whole) {
    return ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(whole.length - 8);
  }

  private void read(SegmentRef ref, RowFormat<VectorRow> format, Verification verification) {
    try (SegmentReader<VectorRow> rows =
        SegmentReader.open(store, ref, format, KeyRange.ALL, verification)) {
      rows.forEachRemaining(row -> {});
    }
  }

  @Test
  void jsonIsReadOrRefusedWithAndWithoutItsChecksum() throws IOException {
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      String name = JSON.get(i % JSON.size());
      // Without a checksum, as somebody would write it who wants to be read.
      String given = i % 2 == 0 ? Golden.text(name) : Golden.unsealed(name);
      byte[] bytes = mutate(given.getBytes(StandardCharsets.UTF_8), 0);
      refused += isRefused(i, () -> parse(name, bytes)) ? 1 : 0;
    }
    assertThat(refused).as("seed %d", SEED).isGreaterThan(CASES / 2);
  }

  private void parse(String name, byte[] bytes) throws IOException {
    Path file =
        switch (name) {
          case "record" -> folder.resolve("layer/records/u000003.json");
          case "ledger" -> folder.resolve("layer/ledger.json");
          case "plan" -> folder.resolve("layer/plan.json");
          default -> folder.resolve("other.json");
        };
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    Layer layer = new Layer(store, "layer");
    switch (name) {
      case "record" -> layer.record(3);
      case "ledger" -> layer.ledger();
      case "plan" -> layer.plan();
      case "manifest" -> ArtifactManifest.parse("other.json", bytes);
      case "published" -> Published.parse("other.json", bytes, 42);
      case "published-verdict" -> Published.parse("other.json", bytes, 43);
      default -> KeyException.parse("other.json", bytes);
    }
  }

  private interface Reading {
    void run() throws IOException;
  }

  private static boolean isRefused(int number, Reading reading) throws IOException {
    try {
      reading.run();
      return false;
    } catch (StoreException e) {
      assertThat(e.getMessage().lines().count()).as("case %d: %s", number, e).isEqualTo(1);
      return true;
    }
  }

  /** Some bytes behind a place changed, cut out, doubled, or replaced by large numbers. */
  private byte[] mutate(byte[] whole, int from) {
    byte[] bytes = whole.clone();
    int at = from + random.nextInt(bytes.length - from);
    int length = Math.min(1 + random.nextInt(8), bytes.length - at);
    switch (random.nextInt(5)) {
      case 0 -> bytes[at] ^= (byte) (1 + random.nextInt(255));
      case 1 -> bytes = Arrays.copyOf(bytes, at);
      case 2 -> Arrays.fill(bytes, at, at + length, (byte) 0xff);
      case 3 -> System.arraycopy(whole, random.nextInt(whole.length - length), bytes, at, length);
      default -> {
        byte[] digits = "99999999999999999999".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, bytes, at, length);
      }
    }
    return bytes;
  }

  @Test
  void pathsThatLeaveTheRootAreRefused() {
    for (String path :
        List.of("../x", "/etc/passwd", "a/../../x", "file:/etc/passwd", "s3a://other/x", "a//b")) {
      String manifest =
          Golden.unsealed("manifest")
              .replaceFirst("\"path\" : \"[^\"]*\"", "\"path\" : \"" + path + "\"");
      assertThat(manifest).contains(path);
      assertThat(
              isRefusedUnchecked(
                  () ->
                      ArtifactManifest.parse(
                          "manifest", manifest.getBytes(StandardCharsets.UTF_8))))
          .as(path)
          .isTrue();
    }
  }

  private static boolean isRefusedUnchecked(Runnable reading) {
    try {
      reading.run();
      return false;
    } catch (StoreException e) {
      return e.getMessage().contains("is not a path inside a store");
    }
  }
}
