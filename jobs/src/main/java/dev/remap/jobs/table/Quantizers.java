package dev.remap.jobs.table;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.LocalCache;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The quantizers of a store. */
public final class Quantizers {
  public static final String FILE = "quantizer.faiss";

  /** What one array of the Java machine holds. */
  public static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;

  /** What the planner counts on for each list: a mean far below says nothing of a cluster. */
  private static final long FEWEST_PER_LIST = 32;

  private Quantizers() {}

  public static List<ArtifactManifest> all(Store store) {
    Artifacts artifacts = new Artifacts(store);
    return store.list("quantizers").stream()
        .map(id -> artifacts.find(Layout.quantizer(id)))
        .flatMap(Optional::stream)
        .toList();
  }

  public static ArtifactManifest require(Store store, String id) {
    return new Artifacts(store).require(Layout.quantizer(id));
  }

  /**
   * The quantizer for these vectors.
   *
   * @param wanted its id; null where there is only one
   */
  public static ArtifactManifest choose(JobContext context, Vectors vectors, String wanted) {
    List<ArtifactManifest> fitting =
        all(context.store()).stream()
            .filter(manifest -> vectors.whitening().equals(manifest.inputs().whitening()))
            .filter(manifest -> wanted == null || wanted.equals(manifest.id()))
            .toList();
    if (fitting.isEmpty()) {
      throw new InputException(
          "There is no quantizer%s for vectors of whitening %s: run `%s` first",
          wanted == null ? "" : " " + wanted,
          vectors.whitening(),
          context.line("quantize").with("--whitening", vectors.whitening()));
    }
    if (fitting.size() > 1) {
      throw new InputException(
          "Several quantizers fit the vectors: choose one with --quantizer (%s)",
          String.join(
              ", ", fitting.stream().map(m -> m.id() + " is " + m.inputs().spec()).toList()));
    }
    return fitting.get(0);
  }

  /**
   * What the settings ask for, or what is chosen for so many vectors.
   *
   * @param reason is told why that was chosen
   * @throws IllegalArgumentException if there is nothing that fits
   */
  public static IndexSpec spec(
      Settings settings, long rows, int dimension, Consumer<IndexSpec.Choice> reason) {
    String wanted = settings.string("quantizer.spec");
    if (!wanted.equals("auto")) {
      IndexSpec spec = IndexSpec.parse(wanted);
      spec.checkDimension(dimension);
      return spec;
    }
    IndexSpec.Choice choice = IndexSpec.auto(rows, dimension, settings.bytes("index.memory"));
    reason.accept(choice);
    return choice.spec();
  }

  /**
   * Vectors that one is trained on.
   *
   * @param rows how many there are
   */
  public static int trainingVectors(Settings settings, IndexSpec spec, long rows) {
    long perList = settings.integer("quantizer.points-per-centroid", 1, 1 << 20);
    long most = settings.integer("quantizer.max-points", 1, Integer.MAX_VALUE);
    long wanted = Math.max(spec.trainingVectors(), perList * spec.lists());
    long enough = Math.max(spec.minimumTrainingVectors(), FEWEST_PER_LIST * spec.lists());
    return (int) Math.min(rows, Math.min(wanted, Math.max(most, enough)));
  }

  /** From so many lists on, the driver clusters the clusters of vectors, and no vector twice. */
  private static final int TWO_LEVEL_FROM = 16_384;

  /** Where the centroids are trained. */
  public enum Place {
    DRIVER,
    TASKS
  }

  /**
   * The driver trains on a sample that it may hold; tasks go over a larger one, and make passes
   * over all of it where there are so many lists that the driver makes none: its centroids were 22
   * % farther then.
   */
  public static Place place(Settings settings, IndexSpec spec, long points, int dimension) {
    long numbers = points * dimension;
    boolean fits =
        spec.lists() < TWO_LEVEL_FROM
            && numbers <= MOST_NUMBERS
            && numbers * Float.BYTES <= settings.bytes("quantizer.driver-sample");
    return fits ? Place.DRIVER : Place.TASKS;
  }

  /** What a trained one is. */
  public static IndexSpec spec(ArtifactManifest manifest) {
    return IndexSpec.parse(manifest.inputs().spec());
  }

  public static Quantizer open(Store store, ArtifactManifest manifest) {
    return open(store, manifest, 0);
  }

  /**
   * Opens one to search with.
   *
   * @param efSearch how widely a graph over the centroids is searched; 0: as its file says
   */
  public static Quantizer open(Store store, ArtifactManifest manifest, int efSearch) {
    FileRef file = manifest.file(FILE);
    return Quantizer.open(LocalCache.fetch(store, file), file.sha256(), efSearch);
  }
}
