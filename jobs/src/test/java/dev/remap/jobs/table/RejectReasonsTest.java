package dev.remap.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectReasonsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "the file has 1234 bytes; image.max-bytes is 64 | the file has # bytes; image.max-bytes is #",
        "cut short: 1,234.5 of 9. | cut short: # of #.",
        "No such file s3a://b/k/1.jpg (2 tries) | No such file … (# tries)",
        "column 'a 1' is empty | column '…' is empty",
        "not a JPEG: begins with the bytes 62 72 6f 0a | not a JPEG: begins with the bytes …",
        "not a JPEG, PNG or WebP | not a JPEG, PNG or WebP",
      })
  void reasonsThatDifferOnlyInNumbersAndNamesAreOne(String reason, String same) {
    assertThat(RejectReasons.normalised(reason)).isEqualTo(same);
  }
}
