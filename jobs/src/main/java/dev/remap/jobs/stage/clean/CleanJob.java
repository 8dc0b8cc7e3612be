package dev.remap.jobs.stage.clean;

import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.CleanName;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.sample.PairList;
import dev.remap.jobs.stage.GenerationTableJob;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.LabelRow;
import dev.remap.jobs.store.row.LabelRow.Verdict;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.Graphs;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Weights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Labels to those that the images bear out: within each group the largest part that is connected by
 * pairs of which each is a neighbour of the other in the k-NN graph of a generation. What is known
 * of labels is small, so the driver has it all.
 */
public final class CleanJob extends GenerationTableJob<CleanJob.Todo> {
  private static final String THRESHOLD = "clean.threshold";
  private static final String AUTO = "auto";
  private static final String LACK = "the snapshot does not have";
  private static final int MOST_NEIGHBOURS = 1_000;

  private final String graph;
  private final Labels labels;

  /**
   * @param graph the id of the graph's table; null where there is only one
   * @param labels which images match
   */
  public CleanJob(JobContext context, Generation generation, String graph, Labels labels) {
    super(context, generation);
    this.graph = graph;
    this.labels = labels;
  }

  record Todo(LayerId id, Plan plan, List<LabelRow> rows) implements Planned {}

  @Override
  protected String name() {
    return TableKind.CLEANED.stage();
  }

  @Override
  protected Map<String, String> asked() {
    return Map.of(Weights.LABELS, labels.text());
  }

  @Override
  protected Todo plan() {
    Store store = context().store();
    Optional<PairList> pairs =
        Optional.ofNullable(labels.pairs()).map(file -> PairList.read(file, context().hadoop()));
    Groups groups =
        pairs
            .<Groups>map(list -> new Groups.ByTable(list.groups()))
            .orElseGet(() -> Groups.of(context(), labels.groups()));
    LayerId source = Graphs.choose(context(), generation(), graph);
    GraphName name = GraphName.of(source);
    List<Labelled> labelled =
        Labelled.of(
            context(),
            generation().vectors().snapshot(),
            groups,
            pairs.isPresent() ? "--pairs" : "--groups");
    requireLabels(labelled);
    List<String> lost = lost(pairs, groups, labelled);
    LabelledGraph read = LabelledGraph.read(context(), source.folder(), groups);
    double threshold = threshold(labelled, read);
    CleanName cleaned = CleanName.of(name, threshold, Labelled.digest(labelled, labels.text()));
    LayerId id = cleaned.layer(generation().number());
    Inputs inputs =
        Ledgers.of(store, source.folder())
            .inputs()
            .with(Inputs.GRAPH, source.folder())
            .with(Inputs.THRESHOLD, cleaned.threshold())
            .with(Weights.LABELS, labels.text());
    Plan plan =
        layer(id).createPlan(new Plan(inputs, List.of(new Unit(0, KeyRange.ALL, labelled.size()))));
    List<LabelRow> rows = rows(labelled, read, (float) threshold);
    announce(labelled, name, cleaned, read);
    lost.forEach(line -> say("  not looked at: %s", line));
    return new Todo(id, plan, rows);
  }

  /** What is not looked at of labels and of images, a line for each kind. */
  private List<String> lost(Optional<PairList> pairs, Groups groups, List<Labelled> labelled) {
    Set<String> there = labelled.stream().map(Labelled::imageId).collect(Collectors.toSet());
    List<String> lost = new ArrayList<>();
    if (pairs.isPresent()) {
      lost.addAll(pairs.get().connecting(there::contains, LACK).leftOut());
    } else if (groups instanceof Groups.ByTable table) {
      List<String> rows =
          table.groups().keySet().stream().filter(id -> !there.contains(id)).sorted().toList();
      if (!rows.isEmpty()) {
        lost.add(
            Plain.format(
                "%,d rows with an image that %s, such as '%s'", rows.size(), LACK, rows.get(0)));
      }
    }
    int snapshot = generation().vectors().snapshot();
    long without = new Snapshots(context().store()).images(snapshot) - labelled.size();
    if (without > 0) {
      lost.add(Plain.format("%,d images without a group", without));
    }
    return lost;
  }

  private void requireLabels(List<Labelled> labelled) {
    if (labelled.stream().map(Labelled::group).distinct().count() == labelled.size()) {
      throw new InputException(
          "--%s gives no group of two or more images of snapshot %d: name a folder of the"
              + " catalogue with subfolders ('.' for all), a table with columns image_id and group,"
              + " or a list of pairs of image ids (--pairs)",
          labels.text(), generation().vectors().snapshot());
    }
  }

  private double threshold(List<Labelled> labelled, LabelledGraph read) {
    Settings settings = context().settings();
    if (!settings.string(THRESHOLD).equals(AUTO)) {
      return settings.number(THRESHOLD, -Float.MAX_VALUE, 1);
    }
    if (generation().metric(context().store()) != Metric.COSINE) {
      throw new InputException(
          "%s is auto, which is for vectors compared by cosine, and those of index '%s' are"
              + " compared by L2: give minus the largest distance of images that match"
              + " (--threshold)",
          THRESHOLD, generation().index());
    }
    return read.agreement()
        .threshold(chance(labelled))
        .orElseThrow(
            () ->
                new InputException(
                    "The nearest neighbours in the graph are no more often of one group than any"
                        + " two labelled images, so nothing tells which labels are right: look at"
                        + " the labels, or give the least score of images that match"
                        + " (--threshold)"));
  }

  /** The share of pairs of labelled images that are of one group. */
  private static double chance(List<Labelled> labelled) {
    double all = labelled.size();
    return sizes(labelled).values().stream().mapToDouble(n -> n / all * (n - 1) / (all - 1)).sum();
  }

  /** Images of each group. */
  private static Map<String, Long> sizes(List<Labelled> labelled) {
    return labelled.stream()
        .collect(Collectors.groupingBy(Labelled::group, TreeMap::new, Collectors.counting()));
  }

  private static List<LabelRow> rows(
      List<Labelled> labelled, LabelledGraph graph, float threshold) {
    Map<String, List<Labelled>> groups =
        labelled.stream()
            .collect(Collectors.groupingBy(Labelled::group, TreeMap::new, Collectors.toList()));
    List<LabelRow> rows = new ArrayList<>();
    groups.forEach(
        (group, images) -> {
          List<Labelled> there = images.stream().filter(graph::has).toList();
          rows.addAll(GroupParts.rows(there, graph.matches(group, threshold), images.size()));
          images.stream()
              .filter(image -> !graph.has(image))
              .map(it -> new LabelRow(it.key(), it.imageId(), group, Verdict.NOT_IN_INDEX, 0, 0))
              .forEach(rows::add);
        });
    rows.sort(Comparator.comparingLong(LabelRow::key));
    return rows;
  }

  private void announce(
      List<Labelled> labelled, GraphName name, CleanName cleaned, LabelledGraph read) {
    Map<String, Long> sizes = sizes(labelled.stream().filter(read::has).toList());
    say(
        "clean %s of snapshot %d by index '%s', generation %d: %,d images in %,d groups; images of"
            + " a group match that are each a neighbour of the other with a score of %s or more%s"
            + " (graph %s)",
        labels.text(),
        generation().vectors().snapshot(),
        generation().index(),
        generation().number(),
        labelled.size(),
        labelled.stream().map(Labelled::group).distinct().count(),
        cleaned.threshold(),
        context().settings().string(THRESHOLD).equals(AUTO)
            ? ", from where on neighbours of one group match more often than not"
            : "",
        name.id());
    long large = sizes.values().stream().filter(size -> size > name.k() + 1).count();
    if (large > 0) {
      say(
          "  %,d groups have more than %d images, and an image has %d neighbours in this graph:"
              + " more of them keep more labels, right ones and wrong ones (`%s`)",
          large,
          name.k() + 1,
          name.k(),
          knn(name, sizes.values().stream().mapToLong(size -> size - 1).max().orElse(1)));
    }
    sayUnlabelled(name, read);
  }

  /** What no label is known of stands in the lists of neighbours all the same. */
  private void sayUnlabelled(GraphName name, LabelledGraph read) {
    long labelled = read.neighbours() - read.unlabelled();
    if (read.unlabelled() > labelled && name.k() < MOST_NEIGHBOURS) {
      say(
          "  warning: %.0f %% of the neighbours of labelled images have no label and take up the"
              + " %d places that each image has, so labels that are right may be left out: more"
              + " neighbours keep more of them (`%s`)",
          100.0 * read.unlabelled() / read.neighbours(),
          name.k(),
          knn(name, name.k() * read.neighbours() / Math.max(1, labelled)));
    }
  }

  /** What makes a graph like this one with other numbers of neighbours. */
  private CommandText knn(GraphName name, long neighbours) {
    int k = (int) Math.min(MOST_NEIGHBOURS, neighbours);
    return new GraphName(name.index(), k, name.probing(), Math.max(100, 2 * k))
        .options(
            context()
                .line("knn", generation().index())
                .withoutSettings("clean")
                .with("--generation", generation().number()));
  }

  @Override
  protected void write(Todo todo, List<Unit> pending) {
    pending.forEach(unit -> write(todo, unit));
  }

  private void write(Todo todo, Unit unit) {
    Attempt attempt = new Attempt(context().run(), 0);
    try (UnitWriter writer = new UnitWriter(layer(todo.id), unit, attempt, name())) {
      SegmentWriter<LabelRow> segment =
          writer.segment(
              todo.id.folder(),
              RowFormat.labels(),
              Map.of("graph", todo.plan.inputs().require(Inputs.GRAPH)));
      Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
      for (LabelRow row : todo.rows) {
        segment.write(row);
        counts.merge(row.verdict(), 1L, Long::sum);
      }
      Map<String, Long> named = new TreeMap<>();
      counts.forEach((verdict, count) -> named.put(count(verdict), count));
      writer.commit(named);
    }
  }

  /** What the books call those of that verdict. */
  private static String count(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  protected void report(Todo todo, Ledger cleaned) {
    Counts counts = books(cleaned);
    List<String> words = new ArrayList<>();
    for (Verdict verdict : Verdict.values()) {
      String what = verdict == Verdict.KEPT ? "kept" : verdict.reason();
      words.add(String.format(Locale.ROOT, "%,d %s", counts.count(count(verdict)), what));
    }
    say("  books: %,d labelled images = %s", todo.rows.size(), String.join(" + ", words));
    long groups = todo.rows.stream().map(LabelRow::group).distinct().count();
    long kept = todo.rows.stream().filter(LabelRow::isKept).map(LabelRow::group).distinct().count();
    say("  %,d groups = %,d with images that are kept + %,d without", groups, kept, groups - kept);
    if (kept == 0) {
      say(
          "  warning: nothing is kept, so nothing can be learnt from: give a lower --threshold than"
              + " %s, or a graph with more neighbours (knn -k)",
          todo.plan.inputs().require(Inputs.THRESHOLD));
    } else if (counts.count(count(Verdict.KEPT)) == todo.rows.size()) {
      say(
          "  everything is kept: either no label is wrong, or a threshold of %s is so low that"
              + " anything matches",
          todo.plan.inputs().require(Inputs.THRESHOLD));
    }
    say("  nothing was deleted. Each image with its reason: `%s`", files(todo.id));
    if (kept > 0) {
      say(
          "  to train by what is kept: `%s`",
          context().line("train").withoutSettings("clean").with("--clean", todo.id.table().id()));
    }
  }
}
