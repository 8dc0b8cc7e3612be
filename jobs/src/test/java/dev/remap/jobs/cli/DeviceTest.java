package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which device describes images is asked for, and told; nothing is chosen silently. */
class DeviceTest {
  @TempDir private Path folder;
  private Remap remap;

  @BeforeEach
  void snapshot() {
    Pictures.folders(folder.resolve("catalogue"), 1, 4, 5);
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("tiny"));
    remap.succeed("snapshot", "--catalogue", folder.resolve("catalogue").toString());
  }

  @Test
  void aGpuThatSparkDoesNotAssignIsRefusedBeforeAnyUnitIsTried() {
    remap
        .run("extract", "--device", "gpu")
        .assertRefused(2, "spark.task.resource.gpu.amount", "conf/cluster", "--device cpu");
  }

  @Test
  void anUnknownFallbackIsRefused() {
    remap.set("extract.fallback", "maybe").run("extract").assertRefused(2, "maybe", "none or cpu");
  }

  @Test
  void theCpuIsSaidAndRecordedWithTheExecutorThatDidTheUnits() throws IOException {
    assertThat(remap.succeed("extract").out()).contains("on cpu: 1 unit by ");
    assertThat(records()).contains("\"units on cpu, executor driver\" : 1");
  }

  private String records() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder.resolve("store/runs"))) {
      for (Path file : files.filter(f -> f.endsWith("finished.json")).toList()) {
        text.append(Files.readString(file, StandardCharsets.UTF_8));
      }
    }
    return text.toString();
  }
}
