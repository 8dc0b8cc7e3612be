package dev.remap.jobs.stage.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.stage.dedup.Groups.Candidate;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeepRuleTest {
  private static final VectorRow SMALL = row(1, "c.jpg", "10@300", 10, 20);
  private static final VectorRow LARGE = row(2, "b.jpg", "10@200", 30, 20);
  private static final VectorRow OLD = row(3, "d.jpg", "10@100", 20, 30);
  private static final VectorRow FIRST = row(4, "a.jpg", "10@250", 9, 9);

  private static VectorRow row(long key, String id, String version, int width, int height) {
    return new VectorRow(key, Change.PUT, id, version, width, height, new float[] {1});
  }

  private static String kept(KeepRule rule) {
    return Stream.of(SMALL, LARGE, OLD, FIRST)
        .map(row -> new Candidate(rule.rank(row), row.imageId(), row.key()))
        .reduce(Candidate::better)
        .orElseThrow()
        .imageId();
  }

  @Test
  void theLargestIsKeptAndOfEquallyLargeOnesTheFirstById() {
    assertThat(kept(KeepRule.MOST_PIXELS)).isEqualTo("b.jpg");
  }

  @Test
  void theOldestIsKeptWhereVersionsTellTimes() {
    assertThat(kept(KeepRule.OLDEST)).isEqualTo("d.jpg");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> KeepRule.OLDEST.rank(row(5, "e.jpg", "etag:abc", 1, 1)))
        .withMessageContaining("version 'etag:abc' of image 'e.jpg' tells no time");
  }

  @Test
  void theFirstByIdIsKept() {
    assertThat(kept(KeepRule.FIRST_ID)).isEqualTo("a.jpg");
  }
}
