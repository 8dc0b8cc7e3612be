package dev.remap.jobs.stage.quantize;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.table.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** What the training of a quantizer has come to after each pass. */
final class TrainingCheckpoints {
  private static final Checkpoints.Kind KIND =
      new Checkpoints.Kind("", "%s-%03d", "state.bin", "passes", "passes are made", "training");

  private final JobContext context;
  private final Checkpoints checkpoints;

  /**
   * Those of a training.
   *
   * @param inputs all that its centroids depend on
   * @param reached is told the names of the fault points
   */
  TrainingCheckpoints(JobContext context, Inputs inputs, Consumer<String> reached) {
    this.context = context;
    this.checkpoints = new Checkpoints(context, inputs, KIND, reached);
  }

  /** The newest that is whole. */
  Optional<TrainingState> newest() {
    return checkpoints.newest(this::read);
  }

  private Optional<TrainingState> read(ArtifactManifest manifest) {
    try (LocalCopy copy = LocalCopy.of(context.store(), manifest.file(KIND.file()))) {
      return Optional.of(TrainingState.read(copy.path()))
          .filter(state -> manifest.inputs().equals(checkpoints.inputs(state.passes())));
    }
  }

  void add(TrainingState state) {
    Path file = null;
    try {
      file = Files.createTempFile("remap-training", ".bin");
      state.write(file);
      checkpoints.add(state.passes(), ByteSource.of(file));
    } catch (IOException e) {
      throw StoreException.of("use the temporary folder", System.getProperty("java.io.tmpdir"), e);
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw StoreException.of("delete", file, e);
    }
  }
}
