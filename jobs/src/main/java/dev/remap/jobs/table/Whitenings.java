package dev.remap.jobs.table;

import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The whitenings of a store, each parsed once per JVM. */
public final class Whitenings {
  public static final String FILE = "whitening.bin";

  /** Name of the input that says how a whitening was fitted; a PCA whitening has none. */
  public static final String METHOD = "method";

  /** The {@link #METHOD} of one that was learned from matching pairs. */
  public static final String LEARNED = "lw";

  /** The {@link #METHOD} of one that changes nothing. */
  public static final String NONE = "none";

  /** Name of the input that says which images matched. */
  public static final String LABELS = "labels";

  /** What the record of a run calls the file that it brought in. */
  public static final String IMPORTED = "import";

  public static final int MAX_BYTES = 1 << 30;
  private static final Map<String, Whitening> LOADED = new ConcurrentHashMap<>();

  private Whitenings() {}

  /** What the settings say of a whitening that is fitted. */
  public static WhiteningOptions options(Settings settings) {
    try {
      return new WhiteningOptions(
          settings.integer("whitening.dimension", 0, 1 << 20),
          settings.number("whitening.power"),
          settings.number("whitening.eigenvalue-floor"),
          settings.number("whitening.shrinkage"),
          automatic(settings, "whitening.ridge"),
          automatic(settings, "whitening.centring"));
    } catch (IllegalArgumentException e) {
      throw new InputException("whitening: %s", e.getMessage());
    }
  }

  private static double automatic(Settings settings, String key) {
    return settings.string(key).equals("auto")
        ? WhiteningOptions.AUTOMATIC
        : settings.number(key, 0, Double.MAX_VALUE);
  }

  public static List<ArtifactManifest> all(Store store) {
    Artifacts artifacts = new Artifacts(store);
    return store.list("whitenings").stream()
        .map(id -> artifacts.find(Layout.whitening(id)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** The manifest of one that the store must have. */
  public static ArtifactManifest require(Store store, String id) {
    return new Artifacts(store).require(Layout.whitening(id));
  }

  /** One of the store's, by the id that somebody gave. */
  public static ArtifactManifest choose(Store store, String id) {
    return all(store).stream()
        .filter(there -> there.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "There is no whitening %s: the store has %s",
                    id, all(store).stream().map(ArtifactManifest::id).toList()));
  }

  public static Whitening load(Store store, String id) {
    return LOADED.computeIfAbsent(
        store.root() + "/" + id,
        key -> Whitening.fromBytes(store.readVerified(require(store, id).file(FILE))));
  }

  /** Whether it was fitted elsewhere, on nobody knows what. */
  public static boolean isBroughtIn(ArtifactManifest whitening) {
    return whitening.inputs().find("fitted").filter("elsewhere"::equals).isPresent();
  }

  /** Whether it was fitted on nothing, as it leaves descriptors as they are. */
  public static boolean isNone(ArtifactManifest whitening) {
    return whitening.inputs().find(METHOD).filter(NONE::equals).isPresent();
  }

  /** What says which images matched, of one that was learned from pairs. */
  public static Optional<String> labels(ArtifactManifest whitening) {
    return whitening.inputs().find(METHOD).filter(LEARNED::equals).isPresent()
        ? whitening.inputs().find(LABELS)
        : Optional.empty();
  }

  /** The bytes of a whitening anywhere, one of the store's format or NumPy's. */
  public static byte[] read(String path, Configuration conf) {
    try (InputStream in = new Path(path).getFileSystem(conf).open(new Path(path))) {
      byte[] bytes = in.readNBytes(MAX_BYTES);
      return Whitening.fromFile(bytes).toBytes();
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("%s is no whitening that can be used: %s", path, e.getMessage());
    }
  }
}
