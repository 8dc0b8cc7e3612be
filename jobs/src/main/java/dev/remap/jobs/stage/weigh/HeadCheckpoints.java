package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.HeadTraining;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a training was after each epoch, an artifact each: whoever trains from the same inputs goes
 * on there. Nothing is made from them, so they are garbage once they are old.
 */
final class HeadCheckpoints {
  private static final String FILE = "head.bin";
  private static final String EPOCHS = "epochs";
  private static final int DIGITS = 16;

  private final JobContext context;
  private final Inputs inputs;
  private final Artifacts artifacts;
  private final String id;

  /**
   * Those of a training.
   *
   * @param inputs all that its head depends on
   */
  HeadCheckpoints(JobContext context, Inputs inputs) {
    this.context = context;
    this.inputs = inputs;
    this.artifacts = new Artifacts(context.store());
    var node = Json.object();
    Json.putAll(node, inputs.byName());
    this.id = "head-" + Sha256.hex(Json.bytes(node)).substring(0, DIGITS);
  }

  /** Goes on where the newest whole one is, and says so. */
  void resume(HeadTraining training) {
    List<String> names =
        context.store().list(Layout.TRAININGS).stream()
            .filter(name -> name.startsWith(id + "-"))
            .sorted(Comparator.reverseOrder())
            .toList();
    for (String name : names) {
      if (resume(training, name)) {
        context.console().say("  going on after epoch %,d", training.epochs());
        return;
      }
    }
  }

  private boolean resume(HeadTraining training, String name) {
    try {
      Optional<ArtifactManifest> manifest = artifacts.find(Layout.training(name));
      if (manifest.isPresent()) {
        training.resume(context.store().readVerified(manifest.get().file(FILE)));
        return true;
      }
      return false;
    } catch (StoreException | IllegalArgumentException e) {
      if (e instanceof StoreException known && known.lost().isEmpty()) {
        throw e;
      }
      context.console().say("  a checkpoint is lost, its epoch is made again: %s", e.getMessage());
      return false;
    }
  }

  void add(HeadTraining training) {
    String name = String.format(Locale.ROOT, "%s-%05d", id, training.epochs());
    artifacts.commit(
        Layout.training(name),
        new ArtifactDraft(
            name,
            "training",
            inputs.with(EPOCHS, Integer.toString(training.epochs())),
            context.run()),
        Map.of(FILE, ByteSource.of(training.state())),
        "head");
  }
}
