package dev.remap.jobs.stage.quantize;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a training has come to after each pass, an artifact each: whoever trains from the same
 * inputs goes on there. Nothing is made from them, so they are garbage once they are old.
 */
final class TrainingCheckpoints {
  private static final String FILE = "state.bin";
  private static final String PASSES = "passes";
  private static final int DIGITS = 16;

  private final JobContext context;
  private final Inputs inputs;
  private final Artifacts artifacts;
  private final String id;

  /**
   * Those of a training.
   *
   * @param inputs all that its centroids depend on
   * @param reached is told the names of the fault points
   */
  TrainingCheckpoints(JobContext context, Inputs inputs, Consumer<String> reached) {
    this.context = context;
    this.inputs = inputs;
    this.artifacts = new Artifacts(context.store(), reached);
    var node = Json.object();
    Json.putAll(node, inputs.byName());
    this.id = Sha256.hex(Json.bytes(node)).substring(0, DIGITS);
  }

  private String name(int passes) {
    return String.format(Locale.ROOT, "%s-%03d", id, passes);
  }

  private Inputs inputs(int passes) {
    return inputs.with(PASSES, Integer.toString(passes));
  }

  /** The newest that is whole. */
  Optional<TrainingState> newest() {
    List<String> names =
        context.store().list(Layout.TRAININGS).stream()
            .filter(name -> name.startsWith(id + "-"))
            .sorted(Comparator.reverseOrder())
            .toList();
    for (String name : names) {
      Optional<TrainingState> state = read(name);
      if (state.isPresent()) {
        return state;
      }
    }
    return Optional.empty();
  }

  private Optional<TrainingState> read(String name) {
    try {
      Optional<ArtifactManifest> manifest = artifacts.find(Layout.training(name));
      if (manifest.isEmpty()) {
        return Optional.empty();
      }
      try (LocalCopy copy = LocalCopy.of(context.store(), manifest.get().file(FILE))) {
        TrainingState state = TrainingState.read(copy.path());
        return manifest.get().inputs().equals(inputs(state.passes()))
            ? Optional.of(state)
            : Optional.empty();
      }
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      context
          .console()
          .say("  a checkpoint is lost, its passes are made again: %s", e.getMessage());
      return Optional.empty();
    }
  }

  void add(TrainingState state) {
    Path file = null;
    try {
      file = Files.createTempFile("remap-training", ".bin");
      state.write(file);
      String name = name(state.passes());
      artifacts.commit(
          Layout.training(name),
          new ArtifactDraft(name, "training", inputs(state.passes()), context.run()),
          Map.of(FILE, ByteSource.of(file)),
          "training");
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
