package dev.remap.jobs.job;

import dev.remap.jobs.store.ArtifactManifest;
import dev.remap.jobs.store.Artifacts;
import dev.remap.jobs.store.Publication;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.store.segment.SegmentRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the store and tells what is in it; changes nothing and needs no Spark. */
public final class StatusJob {
  private final JobContext context;
  private final Store store;
  private final Detail detail;

  /** How much is told. */
  public enum Detail {
    SUMMARY,
    REJECTS
  }

  public StatusJob(JobContext context, Detail detail) {
    this.context = context;
    this.store = context.store();
    this.detail = detail;
  }

  /** Prints it. */
  public void execute() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("what", "from", "state", "rows", "bytes"));
    for (String snapshot : store.list("snapshots")) {
      rows.add(
          layer(
              "snapshot " + number(snapshot),
              "catalogue",
              "snapshots/" + snapshot,
              Snapshots.TABLE));
    }
    layers("descriptors", "extractor", Descriptors.TABLE, rows);
    layers("vectors", "whitening", Vectors.TABLE, rows);
    for (ArtifactManifest quantizer : Quantizers.all(store)) {
      long bytes = quantizer.file(Quantizers.FILE).bytes();
      rows.add(
          List.of(
              "quantizer " + quantizer.id(),
              "whitening " + quantizer.inputs().get("whitening"),
              quantizer.inputs().get("spec"),
              "",
              Console.bytes(bytes)));
    }
    indexes(rows);
    context.console().say("store %s", store.root());
    context.console().table(rows);
    rejects();
  }

  private static int number(String name) {
    return Integer.parseInt(name);
  }

  private void layers(String folder, String source, String table, List<List<String>> rows) {
    for (String id : store.list(folder)) {
      for (String snapshot : store.list(folder + "/" + id)) {
        rows.add(
            layer(
                folder + " of snapshot " + number(snapshot),
                source + " " + id,
                folder + "/" + id + "/" + snapshot,
                table));
      }
    }
  }

  private List<String> layer(String what, String from, String folder, String table) {
    Layer layer = new Layer(store, folder);
    Optional<Ledger> ledger = layer.ledger();
    if (ledger.isEmpty()) {
      int units = layer.plan().map(Plan::units).map(List::size).orElse(0);
      int done = units - layer.plan().map(layer::pending).map(List::size).orElse(0);
      return List.of(what, from, String.format(Locale.ROOT, "%d of %d units", done, units), "", "");
    }
    long bytes =
        ledger.get().segments(table, KeyRange.ALL).mapToLong(p -> p.segment().file().bytes()).sum();
    return List.of(
        what,
        from,
        "complete",
        String.format(Locale.ROOT, "%,d", ledger.get().rows(table)),
        Console.bytes(bytes));
  }

  private void indexes(List<List<String>> rows) {
    Artifacts artifacts = new Artifacts(store);
    for (String index : store.list("indexes")) {
      int live = new Publication(store, index).latest().map(Generation::number).orElse(-1);
      for (int number : Generation.numbers(store, index)) {
        String folder = Generation.folder(index, number);
        List<String> row =
            new ArrayList<>(
                layer(
                    "index " + index + ", generation " + number,
                    "quantizer " + quantizer(artifacts, folder),
                    folder,
                    Generation.TABLE));
        if (number == live) {
          row.set(2, "live");
        }
        rows.add(row);
      }
    }
  }

  private static String quantizer(Artifacts artifacts, String folder) {
    return artifacts.find(folder).map(manifest -> manifest.inputs().get("quantizer")).orElse("–");
  }

  private void rejects() {
    Map<String, Long> reasons = new TreeMap<>();
    List<RejectRow> all = new ArrayList<>();
    newestDescribed()
        .ifPresent(
            ledger ->
                ledger
                    .segments("rejects", KeyRange.ALL)
                    .forEach(placed -> read(placed.segment(), reasons, all)));
    if (reasons.isEmpty()) {
      return;
    }
    context.console().say("\nrejected images of the newest described snapshot");
    if (detail == Detail.REJECTS) {
      all.forEach(
          row ->
              context
                  .console()
                  .say("  %s  %s/%s: %s", row.imageId(), kind(row), row.stage(), row.reason()));
      return;
    }
    reasons.forEach((reason, count) -> context.console().say("  %,8d  %s", count, reason));
    context.console().say("  one by one: remap status --rejects");
  }

  private Optional<Ledger> newestDescribed() {
    return store.list("descriptors").stream()
        .flatMap(
            id ->
                store.list("descriptors/" + id).stream()
                    .map(snapshot -> new Layer(store, "descriptors/" + id + "/" + snapshot)))
        .flatMap(layer -> layer.ledger().stream())
        .reduce((first, second) -> second);
  }

  private void read(SegmentRef segment, Map<String, Long> reasons, List<RejectRow> all) {
    try (SegmentReader<RejectRow> rows = SegmentReader.open(store, segment, RowFormat.rejects())) {
      rows.forEachRemaining(
          row -> {
            reasons.merge(kind(row) + " (" + row.stage() + ")", 1L, Long::sum);
            if (detail == Detail.REJECTS) {
              all.add(row);
            }
          });
    }
  }

  private static String kind(RejectRow row) {
    return row.kind().name().toLowerCase(Locale.ROOT);
  }
}
