package dev.remap.jobs.job;

import java.util.Arrays;
import java.util.Locale;

/** Which command makes which file of a store. */
final class Remake {
  private Remake() {}

  /** The command for a file, with the options that single it out; empty if there is none. */
  static String command(String path) {
    String[] names = path.split("/", -1);
    if (Arrays.stream(names).anyMatch(Chain::isMerged)) {
      return "remap compact";
    }
    return switch (names[0]) {
      case "snapshots" -> "remap snapshot";
      case "descriptors", "moments", "rejects" -> "remap extract" + snapshot(names);
      case "extractors" -> "remap extract";
      case "vectors" -> "remap whiten" + snapshot(names);
      case "whitenings" -> "remap whiten";
      case "quantizers" -> "remap quantize";
      case "indexes" -> index(names);
      default -> "";
    };
  }

  private static String snapshot(String[] names) {
    return names.length > 2 && names[2].matches("\\d{8}")
        ? String.format(Locale.ROOT, " --snapshot %d", Integer.valueOf(names[2]))
        : "";
  }

  private static String index(String[] names) {
    boolean published = names.length > 2 && names[2].equals("published");
    // The publication names the manifest by its digest, and a new manifest names another run.
    boolean manifest = names[names.length - 1].equals("manifest.json");
    String build = "remap build --name " + names[1];
    String publish = "remap publish --name " + names[1];
    return published ? publish : manifest ? build + ", then " + publish : build;
  }
}
