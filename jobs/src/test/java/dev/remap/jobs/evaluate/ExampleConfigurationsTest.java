package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.rerank.RerankChain;
import dev.remap.jobs.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExampleConfigurationsTest {
  @Test
  void everyExampleIsTakenAndItsRerankingCanBe() throws IOException {
    List<Path> examples;
    try (Stream<Path> files = Files.list(Path.of("../conf/examples"))) {
      examples = files.toList();
    }
    assertThat(examples).isNotEmpty();
    for (Path example : examples) {
      Settings settings = Settings.load(example, Map.of());
      settings.checkValues();
      settings.check();
      RerankChain chain = RerankChain.parse(settings.string("search.rerank"));
      assertThat(chain.neighbours()).isLessThanOrEqualTo(settings.integer("knn.k", 1, 10_000));
    }
  }
}
