package dev.remap.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs of one training at once. */
class CheckpointsTest {
  private static final Checkpoints.Kind KIND =
      new Checkpoints.Kind("test-", "%s-%03d", "state.bin", "steps", "step is made", "test");

  @TempDir private Path folder;

  private static Checkpoints of(JobContext context, String listing) {
    return new Checkpoints(context, Inputs.of(Inputs.LISTING, listing), KIND, point -> {});
  }

  private static void add(Checkpoints checkpoints, int... steps) {
    for (int step : steps) {
      checkpoints.add(step, ByteSource.of(new byte[] {(byte) step}));
      checkpoints.keep(2);
    }
  }

  private static Optional<Integer> read(JobContext context, ArtifactManifest manifest) {
    return Optional.of((int) context.store().readVerified(manifest.file(KIND.file()))[0]);
  }

  @Test
  void whatAnotherRunDeletesWhileItIsReadIsNoReasonToBeginAnew() {
    try (JobContext context = LocalSpark.context(folder.resolve("store"), Map.of())) {
      Checkpoints other = of(context, "a");
      add(other, 1, 2);
      List<String> read = new ArrayList<>();

      Optional<Integer> found =
          of(context, "a")
              .newest(
                  manifest -> {
                    read.add(manifest.id().substring(manifest.id().length() - 3));
                    if (read.size() < 3) {
                      // So far that both of those that were listed are gone, and that twice.
                      add(other, 2 * read.size() + 1, 2 * read.size() + 2);
                    }
                    return read(context, manifest);
                  });

      assertThat(found).contains(6);
      assertThat(read).containsExactly("002", "004", "006");
    }
  }

  @Test
  void withoutOneThatIsWholeThereIsNone() {
    try (JobContext context = LocalSpark.context(folder.resolve("store"), Map.of())) {
      add(of(context, "a"), 1, 2);

      assertThat(of(context, "b").newest(manifest -> read(context, manifest))).isEmpty();
      assertThat(of(context, "a").newest(manifest -> Optional.empty())).isEmpty();
      assertThat(of(context, "a").newest(manifest -> read(context, manifest))).contains(2);
    }
  }
}
