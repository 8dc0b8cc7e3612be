package dev.remap.jobs.table;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where a training was after each of its steps, an artifact each: whoever trains from the same
 * inputs goes on there. Nothing is made from them, so they are garbage once they are old.
 */
public final class Checkpoints {
  private static final int DIGITS = 16;

  private final JobContext context;
  private final Inputs inputs;
  private final Artifacts artifacts;
  private final Kind kind;
  private final String id;

  /**
   * How those of a training are called.
   *
   * @param prefix of their ids
   * @param name format of an artifact's name, of the id and the number of steps
   * @param file the state's
   * @param input the number of steps among the inputs
   * @param lost what is made again where one is lost
   * @param points of their fault points
   */
  public record Kind(
      String prefix, String name, String file, String input, String lost, String points) {}

  /**
   * Those of a training.
   *
   * @param inputs all that its result depends on
   * @param reached is told the names of the fault points
   */
  public Checkpoints(JobContext context, Inputs inputs, Kind kind, Consumer<String> reached) {
    this.context = context;
    this.inputs = inputs;
    this.artifacts = new Artifacts(context.store(), reached);
    this.kind = kind;
    var node = Json.object();
    Json.putAll(node, inputs.byName());
    this.id = kind.prefix + Sha256.hex(Json.bytes(node)).substring(0, DIGITS);
  }

  /** The inputs of one. */
  public Inputs inputs(int steps) {
    return inputs.with(kind.input, Integer.toString(steps));
  }

  /**
   * What is in the newest that is whole. Another run of the same training may delete what was
   * listed before it is read, once it has newer ones: then these are looked at.
   *
   * @param read nothing if it is not of this training; what is lost or damaged is a {@link
   *     StoreException} or an {@link IllegalArgumentException}, which is said
   */
  public <T> Optional<T> newest(Function<ArtifactManifest, Optional<T>> read) {
    Set<String> lost = new HashSet<>();
    List<String> names = names();
    while (!lost.containsAll(names)) {
      for (String name : names) {
        Optional<T> state = lost.add(name) ? read(name, read) : Optional.empty();
        if (state.isPresent()) {
          return state;
        }
      }
      names = names();
    }
    return Optional.empty();
  }

  /** The newest first. */
  private List<String> names() {
    return context.store().list(Layout.TRAININGS).stream()
        .filter(name -> name.startsWith(id + "-"))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /**
   * Deletes all but the newest ones. Another run of the same training that is about to read one of
   * these takes it for lost, and looks for newer ones.
   */
  public void keep(int newest) {
    names().stream().skip(newest).map(Layout::training).forEach(this::delete);
  }

  private void delete(String folder) {
    Claims claims = new Claims(context.store(), folder);
    claims.make(context.run());
    if (claims.announcements().isEmpty()) {
      artifacts.find(folder).ifPresent(manifest -> delete(folder, manifest));
    }
    claims.withdraw(context.run());
    context.store().tree().prune(folder);
  }

  private void delete(String folder, ArtifactManifest manifest) {
    List<String> paths = new ArrayList<>(List.of(Artifacts.manifestPath(folder)));
    manifest.files().values().forEach(file -> paths.add(file.path()));
    context.store().tree().delete(paths);
  }

  private <T> Optional<T> read(String name, Function<ArtifactManifest, Optional<T>> read) {
    try {
      return artifacts.find(Layout.training(name)).flatMap(read);
    } catch (StoreException | IllegalArgumentException e) {
      if (e instanceof StoreException known && known.lost().isEmpty()) {
        throw e;
      }
      context.console().say("  a checkpoint is lost, its %s again: %s", kind.lost, e.getMessage());
      return Optional.empty();
    }
  }

  /** Commits one. */
  public void add(int steps, ByteSource state) {
    String name = Plain.format(kind.name, id, steps);
    artifacts.commit(
        Layout.training(name),
        new ArtifactDraft(name, "training", inputs(steps), context.run()),
        Map.of(kind.file, state),
        kind.points);
  }
}
