package dev.remap.jobs.report;

import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.table.Whitenings;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What the live generation's numbers look like: whitening, shards, drift, region weights. */
final class StatisticsPart {
  /** Points of the spectrum that are drawn. */
  private static final int MOST_POINTS = 400;

  /** Share of the variance that rounding leaves in a direction of none. */
  private static final double NOTHING = 1e-9;

  private static final int MOST_NIGHTS = 60;
  private static final int MOST_MAPS = 2;

  private final Store store;
  private final Generation live;

  StatisticsPart(JobContext context, Generation live) {

    this.store = context.store();
    this.live = live;
  }

  record ShardRow(String name, String entries, String bytes) {}

  record MapPicture(String id, String uri) {}

  /** The part's model. */
  Map<String, Object> of(List<Published> log) {
    Map<String, Object> model = new HashMap<>();
    Whitening whitening = Whitenings.load(store, live.inputs().whitening());
    model.put("whitening", live.inputs().whitening());
    model.put("components", live.components(store));
    model.put("dimension", whitening.dimension());
    model.put(
        "fitted",
        whitening.count() == Whitening.FITTED_ELSEWHERE
            ? "elsewhere"
            : String.format(Locale.ROOT, "to %,d descriptors", whitening.count()));
    model.put("reason", whitening.reason());
    model.put("quantizer", live.inputs().quantizer());
    model.put("spec", live.inputs().spec());
    model.put("shards", shards());
    List<LineChart> charts = new ArrayList<>();
    spectrum(whitening).forEach(charts::add);
    drift(log, "drift-list-imbalance", "Imbalance of the inverted lists, by publication")
        .forEach(charts::add);
    drift(log, "self-retrieval", "Share of sampled vectors that find themselves, by publication")
        .forEach(charts::add);
    model.put("charts", charts);
    model.put("maps", maps());
    return model;
  }

  private List<ShardRow> shards() {
    return live.ledger(store)
        .segments(TableKind.SHARDS.rows(), KeyRange.ALL)
        .map(
            placed ->
                new ShardRow(
                    name(placed.segment().file().path()),
                    String.format(Locale.ROOT, "%,d", placed.segment().rows()),
                    Console.bytes(placed.segment().file().bytes())))
        .toList();
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Shares of the variance that the first directions keep together. */
  private static Stream<LineChart> spectrum(Whitening whitening) {
    double[] eigenvalues = whitening.eigenvalues();
    double all = 0;
    for (double value : eigenvalues) {
      all += Math.max(0, value);
    }
    if (all <= 0) {
      return Stream.empty();
    }
    int known = eigenvalues.length;
    while (known > 1 && eigenvalues[known - 1] <= NOTHING * all) {
      known--;
    }
    int step = Math.max(1, known / MOST_POINTS);
    List<LineChart.Point> points = new ArrayList<>();
    double kept = 0;
    for (int i = 0; i < known; i++) {
      kept += Math.max(0, eigenvalues[i]);
      if (i % step == 0 || i == known - 1) {
        points.add(new LineChart.Point("direction " + (i + 1), kept / all));
      }
    }
    return Stream.of(
        LineChart.of("Share of the known variance in the first directions of the PCA", points));
  }

  private static Stream<LineChart> drift(List<Published> log, String check, String title) {
    List<LineChart.Point> points = new ArrayList<>();
    for (Published entry : log.subList(Math.max(0, log.size() - MOST_NIGHTS), log.size())) {
      OptionalDouble value =
          entry
              .verdict()
              .flatMap(verdict -> verdict.check(check))
              .map(VerdictCheck::value)
              .orElse(OptionalDouble.empty());
      if (value.isPresent() && value.getAsDouble() >= 0) {
        points.add(
            new LineChart.Point("generation " + Generation.number(entry), value.getAsDouble()));
      }
    }
    return points.size() < 2 ? Stream.empty() : Stream.of(LineChart.of(title, points));
  }

  /** The newest maps of region weights, as they were drawn when they were fitted. */
  private List<MapPicture> maps() {
    List<ArtifactManifest> all = Weights.all(store);
    return all.subList(Math.max(0, all.size() - MOST_MAPS), all.size()).stream()
        .map(
            weights ->
                new MapPicture(
                    weights.id(),
                    "data:image/svg+xml;base64,"
                        + Base64.getEncoder()
                            .encodeToString(store.readVerified(weights.file(Weights.PICTURE)))))
        .toList();
  }
}
