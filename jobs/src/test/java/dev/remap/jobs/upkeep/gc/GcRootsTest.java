package dev.remap.jobs.upkeep.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.table.Generation;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcRootsTest {
  @TempDir private Path folder;

  private JobContext context(Map<String, String> settings) {
    return LocalSpark.context(folder.resolve("store"), settings);
  }

  private static void publish(Store store, int generation) {
    String path = Generation.folder("default", generation) + "/manifest.json";
    FileRef manifest = new FileRef(path, 1, Sha256.hex(new byte[1]));
    Publication log = new Publication(store, "default");
    assertThat(log.publish(manifest, "run", log.latest(), live -> false)).isPresent();
  }

  @Test
  void noticesThatSomethingWasPublishedSince() {
    try (JobContext context = context(Map.of())) {
      publish(context.store(), 1);
      publish(context.store(), 2);
      GcRoots roots = new GcRoots(GcAge.of(context), 0);

      assertThat(roots.areStillThose()).isTrue();
      publish(context.store(), 1);

      assertThat(roots.areStillThose()).isFalse();
    }
  }

  @Test
  void refusesTimesThatMakeNoSense() {
    for (Map<String, String> wrong :
        java.util.List.of(
            Map.of("gc.grace", "-1d"),
            Map.of("gc.dead-after", "30s"),
            Map.of("gc.grace", "soon"))) {
      assertThatThrownBy(
              () -> {
                try (JobContext context = context(wrong)) {
                  GcAge.of(context);
                }
              })
          .isInstanceOf(InputException.class)
          .hasMessageContaining(wrong.keySet().iterator().next());
    }
  }
}
