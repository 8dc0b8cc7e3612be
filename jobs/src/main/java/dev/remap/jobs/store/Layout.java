package dev.remap.jobs.store;

import java.util.List;

/** Where what lies below a store's root. */
public final class Layout {
  /** Where the ids whose keys are not their hashes are listed. */
  public static final String KEY_EXCEPTIONS = "keys/exceptions";

  /** Where runs say that they are alive. */
  public static final String HEARTBEATS = "heartbeats";

  /** What the store remembers of the settings that decide artifacts. */
  public static final String SETTINGS = "settings";

  /** How far trainings have come. */
  public static final String TRAININGS = "trainings";

  /** What lies directly below the root, and is a folder. */
  static final List<String> FOLDERS =
      List.of(
          "keys",
          "snapshots",
          "weights",
          "region-whitenings",
          "extractors",
          "descriptors",
          "moments",
          "rejects",
          "whitenings",
          "vectors",
          TRAININGS,
          "quantizers",
          "indexes",
          "graphs",
          "duplicates",
          "cleaned",
          "augmented",
          "flows",
          "runs",
          "evaluations",
          SETTINGS,
          HEARTBEATS);

  private Layout() {}

  /** The artifact of an extractor. */
  public static String extractor(String extractor) {
    return folder("extractors", extractor);
  }

  /** The artifact of region weights. */
  public static String weights(String id) {
    return folder("weights", id);
  }

  /** The artifact of a whitening of regions. */
  public static String regionWhitening(String id) {
    return folder("region-whitenings", id);
  }

  /** The artifact of a whitening. */
  public static String whitening(String id) {
    return folder("whitenings", id);
  }

  /** The artifact of how far a training has come. */
  public static String training(String name) {
    return folder(TRAININGS, name);
  }

  /** The artifact of a quantizer. */
  public static String quantizer(String id) {
    return folder("quantizers", id);
  }

  /** The log of what was live when. */
  public static String published(String index) {
    return folder("indexes", index, "published");
  }

  /** What one run left about itself. */
  public static String run(String run) {
    return folder("runs", run);
  }

  private static String folder(String kind, String... names) {
    StringBuilder path = new StringBuilder(kind);
    for (String name : names) {
      path.append('/').append(StorePath.checkName(name));
    }
    return path.toString();
  }
}
