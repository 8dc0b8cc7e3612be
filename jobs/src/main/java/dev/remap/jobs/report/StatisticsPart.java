package dev.remap.jobs.report;

import dev.remap.core.whitening.Whitening;
import dev.remap.index.jfaiss.FaissException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Graphs;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.table.Whitenings;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What the live generation's numbers look like: descriptors, whitening, lists, drift, duplicates,
 * region weights.
 */
final class StatisticsPart {
  /** Points of the spectrum that are drawn. */
  private static final int MOST_POINTS = 400;

  /** Share of the variance that rounding leaves in a direction of none. */
  private static final double NOTHING = 1e-9;

  private static final int MOST_NIGHTS = 60;
  private static final int MOST_MAPS = 2;

  /** Images of which one is shown below region weights, the first that can be read. */
  private static final int EXAMPLES = 3;

  private static final long SEED = 20261201;

  /** What the gate has measured at publications, and how a chart of it is called. */
  private static final Map<String, String> DRIFT = new LinkedHashMap<>();

  private static final String CODE_ERROR = "drift-quantization-error";

  static {
    DRIFT.put("drift-subspace-angle", "Degrees between the directions of new descriptors and kept");
    DRIFT.put("drift-explained-variance", "Share of new descriptors' variance that is kept");
    DRIFT.put(CODE_ERROR, "Mean squared distance of new vectors and their codes");
    DRIFT.put("drift-list-imbalance", "Imbalance of the inverted lists");
    DRIFT.put("self-retrieval", "Share of sampled vectors that find themselves");
  }

  private final JobContext context;
  private final Store store;
  private final Generation live;
  private final boolean pictures;
  private final Thumbnails thumbnails;

  /**
   * @param pictures whether images are shown
   * @param thumbnails of the page
   */
  StatisticsPart(JobContext context, Generation live, boolean pictures, Thumbnails thumbnails) {
    this.thumbnails = thumbnails;
    this.context = context;
    this.store = context.store();
    this.live = live;
    this.pictures = pictures;
  }

  record DuplicatesRow(String table, String groups, String duplicates, String identical) {}

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
    List<String> sentences = new ArrayList<>();
    read("norms of descriptors", sentences, () -> Norms.of(context, live))
        .ifPresent(
            norms -> {
              charts.addAll(norms.charts());
              sentences.add(norms.text());
            });
    spectrum(whitening).forEach(charts::add);
    read("lengths of lists", sentences, () -> ListLengths.of(context, live))
        .ifPresent(
            lists -> {
              charts.addAll(lists.charts());
              sentences.add(lists.text());
            });
    sentences.add(codeError(log));
    DRIFT.forEach(
        (check, title) -> drift(log, check, title + ", by publication").forEach(charts::add));
    model.put("charts", charts);
    model.put("sentences", sentences.stream().filter(text -> !text.isEmpty()).toList());
    List<DuplicatesRow> duplicates = duplicates();
    model.put("duplicates", duplicates);
    model.put("hasDuplicates", !duplicates.isEmpty());
    List<ArtifactManifest> weights = weights();
    List<ArtifactManifest> ofRegions = of(weights, Weights.Kind.REGIONS);
    model.put("learnt", learnt(weights));
    model.put("maps", maps(ofRegions));
    List<WeightMaps.Level> levels = levels(ofRegions);
    model.put("levels", levels);
    model.put("hasLevels", !levels.isEmpty());
    mined(weights).ifPresent(mined -> model.put("mined", mined));
    return model;
  }

  /** What is read of files that may be lost or damaged, which costs that part alone. */
  private static <T> Optional<T> read(String what, List<String> sentences, Supplier<T> read) {
    try {
      return Optional.of(read.get());
    } catch (StoreException | FaissException | JobFailedException | UncheckedIOException e) {
      sentences.add("The " + what + " cannot be shown: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** As the last publication of the live generation has it that tells; empty if none does. */
  private String codeError(List<Published> log) {
    for (int i = log.size() - 1; i >= 0; i--) {
      if (Generation.number(log.get(i)) != live.number()) {
        continue;
      }
      Optional<VerdictCheck> check =
          log.get(i).verdict().flatMap(verdict -> verdict.check(CODE_ERROR));
      if (check.isPresent() && check.get().reference().isPresent()) {
        String now =
            check.get().value().isPresent()
                ? ", of vectors that came since "
                    + LineChart.number(check.get().value().getAsDouble())
                : "";
        return "The mean squared distance of a vector and its code was %s when the quantizer was new%s."
            .formatted(LineChart.number(check.get().reference().getAsDouble()), now);
      }
    }
    return "";
  }

  private List<DuplicatesRow> duplicates() {
    return Graphs.all(store, TableKind.DUPLICATES, live).stream()
        .map(
            layer -> {
              Map<String, Long> counts = Ledgers.of(store, layer.folder()).counts();
              return new DuplicatesRow(
                  layer.table().id(),
                  count(counts, "groups"),
                  count(counts, Vectors.LEFT_OUT),
                  count(counts, "identical"));
            })
        .toList();
  }

  private static String count(Map<String, Long> counts, String name) {
    return String.format(Locale.ROOT, "%,d", counts.getOrDefault(name, 0L));
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
    int step = Math.max(1, (known + MOST_POINTS - 1) / MOST_POINTS);
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

  /** Region weights, those of the newest run last, and first those whose runs are forgotten. */
  private List<ArtifactManifest> weights() {
    List<RunHistory.Run> runs = RunHistory.of(store).runs();
    return Weights.all(store).stream()
        .sorted(Comparator.comparing(weights -> made(weights, runs)))
        .toList();
  }

  private static Instant made(ArtifactManifest weights, List<RunHistory.Run> runs) {
    return runs.stream()
        .filter(run -> run.isPartOf(weights.run()))
        .map(RunHistory.Run::at)
        .max(Comparator.naturalOrder())
        .orElse(Instant.MIN);
  }

  /** The newest region weights over the first image that can be shown. */
  private List<WeightMaps.Level> levels(List<ArtifactManifest> all) {
    return !pictures || all.isEmpty()
        ? List.of()
        : example()
            .map(uri -> WeightMaps.over(uri, Weights.parse(store, all.get(all.size() - 1))))
            .orElse(List.of());
  }

  private static List<ArtifactManifest> of(List<ArtifactManifest> all, Weights.Kind kind) {
    return all.stream().filter(weights -> Weights.Kind.of(weights) == kind).toList();
  }

  /** The newest of each kind of weights that is said in a sentence. */
  private List<String> learnt(List<ArtifactManifest> all) {
    return Arrays.stream(Weights.Kind.values())
        .flatMap(kind -> of(all, kind).stream().reduce((earlier, later) -> later).stream())
        .flatMap(newest -> Weights.sentence(store, newest).stream())
        .toList();
  }

  /** What the newest training has learnt from, if pictures are shown. */
  private Optional<MinedTuples> mined(List<ArtifactManifest> all) {
    return all.stream()
        .filter(weights -> pictures && weights.files().containsKey(Weights.MINED))
        .reduce((earlier, later) -> later)
        .map(weights -> MinedTuples.of(store, weights, thumbnails));
  }

  private Optional<String> example() {
    return KeySample.draw(context, live.vectors(), EXAMPLES, SEED).stream()
        .map(thumbnails::of)
        .filter(Thumbnails.Thumbnail::isThere)
        .map(Thumbnails.Thumbnail::uri)
        .findFirst();
  }

  /** The newest maps of region weights, as they were drawn when they were fitted. */
  private List<MapPicture> maps(List<ArtifactManifest> all) {
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
