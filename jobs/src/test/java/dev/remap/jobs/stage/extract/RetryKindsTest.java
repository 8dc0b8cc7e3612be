package dev.remap.jobs.stage.extract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.stage.extract.ExtractionInput.Retry;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.RejectRow;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryKindsTest {
  @ParameterizedTest
  @CsvSource({
    "NONE, CONTENT, false",
    "NONE, ACCESS, false",
    "NONE, UNREADABLE, false",
    "ACCESS, CONTENT, false",
    "ACCESS, ACCESS, true",
    "ACCESS, UNREADABLE, true",
    "ALL, CONTENT, true",
    "ALL, ACCESS, true",
    "ALL, UNREADABLE, true",
  })
  void onlyFaultsOfContentStayForGood(Retry retry, RejectRow.Kind kind, boolean again) {
    OptionalLong whole = OptionalLong.empty();
    RejectRow row =
        new RejectRow(1, Change.PUT, "x", "/x.jpg", "1", whole, whole, "read", kind, "why", 1);

    assertThat(retry.takes(row)).isEqualTo(again);
  }
}
