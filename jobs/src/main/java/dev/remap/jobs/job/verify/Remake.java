package dev.remap.jobs.job.verify;

import dev.remap.jobs.job.Chain;
import dev.remap.jobs.job.Generation;
import dev.remap.jobs.job.Numbered;
import dev.remap.jobs.job.Snapshots;
import dev.remap.jobs.job.Vectors;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Which command makes which file of a store. */
record Remake(Store store) {

  /** The command for a file, with the options that single it out; empty if there is none. */
  String command(String path) {
    String[] names = path.split("/", -1);
    String layer = names[names[0].equals("snapshots") ? 1 : Math.min(2, names.length - 1)];
    if (Chain.isMerged(layer)) {
      return "remap compact" + (layer.endsWith(Chain.COMPACTED) ? " --full" : "");
    }
    return switch (names[0]) {
      case "snapshots" -> "remap snapshot" + number("snapshot", layer);
      case "descriptors", "moments", "rejects" -> "remap extract" + number("snapshot", layer);
      case "extractors" -> "remap extract";
      case "vectors" -> "remap whiten" + number("snapshot", layer) + " --whitening " + names[1];
      case "whitenings" -> "remap whiten" + fittedOn(names[1]);
      case "quantizers" -> "remap quantize" + trainedOn(names[1]);
      case "indexes" -> index(names);
      default -> "";
    };
  }

  /** A whitening is fitted to the snapshot that is the first to be projected by it. */
  private String fittedOn(String whitening) {
    return Numbered.in(store, Vectors.tableFolder(whitening)).stream()
        .findFirst()
        .map(first -> number("snapshot", Numbered.name(first)))
        .orElse("");
  }

  /** A quantizer is trained on the vectors that are the first to be indexed by it. */
  private String trainedOn(String quantizer) {
    return store.list("indexes").stream()
        .flatMap(
            index ->
                Numbered.in(store, "indexes/" + index).stream()
                    .map(number -> new Layer(store, Generation.folder(index, number)).plan())
                    .flatMap(Optional::stream)
                    .map(Plan::inputs)
                    .filter(inputs -> quantizer.equals(inputs.get("quantizer"))))
        .min(Comparator.comparing(inputs -> inputs.get(Snapshots.TABLE)))
        .map(
            inputs ->
                number("snapshot", inputs.get(Snapshots.TABLE))
                    + " --whitening "
                    + inputs.get("whitening"))
        .orElse("");
  }

  private static String number(String option, String name) {
    return name.matches("\\d{8}")
        ? String.format(Locale.ROOT, " --%s %d", option, Integer.valueOf(name))
        : "";
  }

  private String index(String[] names) {
    boolean published = names.length > 2 && names[2].equals("published");
    // The publication names the manifest by its digest, and a new manifest names another run.
    boolean manifest = names[names.length - 1].equals("manifest.json");
    // Without its plan, a generation cannot be made again: another one takes its place.
    boolean begun =
        store.exists(new Layer(store, names[0] + "/" + names[1] + "/" + names[2]).planPath());
    String build = "remap build --name " + names[1] + (begun ? number("generation", names[2]) : "");
    String publish = "remap publish --name " + names[1];
    return published ? publish : manifest ? build + ", then " + publish : build;
  }
}
