package dev.remap.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.config.CommandText;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphNameTest {
  private static String line(String id) {
    CommandText knn = CommandText.of("knn").withSettings(List.of("--config", "a.conf"));
    return GraphName.parse(id).options(knn).toString();
  }

  /** What a file of settings says of it must not count: options win. */
  @Test
  void theOptionsOfAGraphSayAllThatItsNameDoes() {
    assertThat(line("photos-k5-nprobe4-depth500"))
        .isEqualTo("remap knn -k 5 --nprobe 4 --ef-search 0 --depth 500 --config a.conf");
    assertThat(line("photos-k5-nprobe4-ef32-depth500"))
        .isEqualTo("remap knn -k 5 --nprobe 4 --ef-search 32 --depth 500 --config a.conf");
  }
}
