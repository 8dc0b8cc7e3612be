package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Golden;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentRef;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitRecordTest {
  private static final UnitRecord RECORD =
      new UnitRecord(
          3,
          new KeyRange(100, 9223372036854775807L),
          new Attempt("0af1", 17),
          new TreeMap<>(
              Map.of(
                  "descriptors", segment("descriptors/e/s/segments/u000003-0af1-17.parquet", 9),
                  "rejects", segment("rejects/e/s/segments/u000003-0af1-17.parquet", 1))),
          new TreeMap<>(Map.of("listed", 10L, "described", 9L, "rejected", 1L)));

  private static SegmentRef segment(String path, long rows) {
    return new SegmentRef(new FileRef(path, 1234, "ab".repeat(32)), rows);
  }

  @Test
  void isWrittenAndReadAsTheGoldenFileHasIt() {
    assertThat(RECORD.toBytes()).asString().isEqualTo(Golden.text("record"));
    assertThat(UnitRecord.parse("golden", Golden.bytes("record"))).isEqualTo(RECORD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"schema-version\" : 1;\"schema-version\" : 2;schema version 2, and this program",
        "\"schema-version\" : 1;\"schema-version\" : \"1\";schema-version is \"1\"",
        "\"unit\" : 3;\"unit\" : -3;unit is -3",
        "\"from\" : 100;\"from\" : 1e2;from is 100.0",
        "\"to\" : 9223372036854775807;\"to\" : 9223372036854775808;to is 9223372036854775808",
        "\"to\" : 9223372036854775807;\"to\" : 99;Keys 100 to 99",
        "\"run\" : \"0af1\";\"run\" : \"../0af1\";cannot be a name in a store",
        "\"run\" : \"0af1\";\"run\" : 1;run is 1",
        "\"rows\" : 9;\"rows\" : 9999999999999;segments.descriptors.rows is 9999999999999",
        "\"bytes\" : 1234;\"bytes\" : 1e30;segments.descriptors.bytes",
        "\"bytes\" : 1234,;'';segments.descriptors.bytes is missing",
        "\"sha256\" : \"abab;\"sha256\" : \"ABAB;where a SHA-256 belongs",
        "descriptors/e/s;../../etc;is not a path inside a store",
        "descriptors/e/s;/etc;is not a path inside a store",
        "descriptors/e/s;file:/etc;is not a path inside a store",
        "\"listed\" : 10;\"listed\" : -10;counts.listed is -10",
        "\"listed\" : 10;\"listed\" : null;counts.listed is null",
        "\"task\" : 17;\"task\" : 17, \"more\" : 1;more is not known",
        "\"task\" : 17;\"task\" : 17, \"task\" : 18;not JSON",
      })
  void refusesADamagedRecordNamingItAndTheField(String from, String to, String message) {
    String damaged = Golden.unsealed("record").replace(from, to);
    assertThat(damaged).isNotEqualTo(Golden.unsealed("record"));

    assertThatThrownBy(
            () -> UnitRecord.parse("records/u3", damaged.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("records/u3")
        .hasMessageContaining(message);
  }

  @Test
  void refusesEveryTruncatedRecord() {
    byte[] whole = Golden.bytes("record");
    for (int length = 0; length < whole.length - 2; length++) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);

      assertThatThrownBy(() -> UnitRecord.parse("records/u3", cut))
          .as("cut to %d", length)
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("records/u3 is damaged");
    }
  }
}
