package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.core.extraction.Described;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.ScaleCombination;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.SideBySide;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.GivenDescriptors;
import dev.remap.jobs.table.ImageBoxes;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Whitenings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;

/**
 * Aggregators side by side, before anything is indexed: a labelled sample of the catalogue is
 * described once, by one forward pass for all of them, and each is scored by leave-one-out mAP over
 * exact search, raw and whitened.
 *
 * <p>Whitenings are fitted on images of the catalogue that are in no group, where there are enough.
 */
public final class CompareAggregatorsJob
    extends Job<CompareAggregatorsJob.Todo, CompareAggregatorsJob.Result> {
  /** What a run's record calls this job. */
  static final String NAME = "compare-aggregators";

  private static final int MOST_IMAGES = 10_000;
  private static final int BLOCK = 64;
  private static final long SEED = 20190613;

  private final List<String> names;
  private final String groups;
  private final int images;

  /**
   * @param names of aggregators; the first is what the others are compared with
   * @param groups as {@link Groups} understands it
   * @param images how many at most are scored, and how many whitenings are fitted on
   */
  public CompareAggregatorsJob(JobContext context, List<String> names, String groups, int images) {
    super(context);
    this.names = List.copyOf(names);
    this.groups = groups;
    this.images = images;
  }

  record Todo(
      List<ExtractorSpec> specs,
      ArtifactManifest network,
      LabelledSample sample,
      ExecutorExtractors.Options options) {}

  /** One query's result; the precision is NaN where there is no whitening. */
  public record Row(
      String aggregator, String imageId, String group, double precision, double whitenedPrecision)
      implements Serializable {}

  record Result(DescribedSample described, List<AggregatorScore> scores, String path) {}

  /**
   * What came of a block of images.
   *
   * @param boxes counts of {@link ImageBoxes}; none without a table of boxes
   */
  private record Block(ArrayList<Image> images, LinkedHashMap<String, Long> boxes)
      implements Serializable {}

  /** An image of the sample, described. */
  record Image(int index, float[] descriptor) implements Serializable {}

  @Override
  protected String name() {
    return NAME;
  }

  @Override
  protected Todo plan() {
    if (images < 2 || images > MOST_IMAGES) {
      throw new InputException(
          "--images is %d: give the number of images to score, from 2 to %,d", images, MOST_IMAGES);
    }
    ExecutorExtractors.Options options = ExecutorExtractors.Options.of(context());
    List<ExtractorSpec> specs = names.stream().map(this::spec).toList();
    requireComparable(specs);
    // One that takes boxes brings their table along, for all that do.
    String network =
        names.stream()
            .filter(name -> specs.get(names.indexOf(name)).boxes().isPresent())
            .findFirst()
            .orElse(names.get(0));
    GivenDescriptors.requireImages(context().settings());
    ExtractorFiles files = ExtractorFiles.of(context(), settings(network));
    Groups labels = Groups.of(context(), groups);
    int snapshot = new Snapshots(context().store()).choose(context(), null);
    LabelledSample sample = LabelledSample.draw(context(), snapshot, labels, groups, images, SEED);
    ArtifactManifest extractor = files.commit(context().store(), context().run());
    context()
        .console()
        .say(
            "compare %s on %s of snapshot %d: %,d images in %,d groups%s, and %,d of no group",
            String.join(", ", names),
            specs.get(0).backbone().name(),
            snapshot,
            sample.labelled().size(),
            sample.groups(),
            sample.leftOut() == 0
                ? ""
                : String.format(Locale.ROOT, " (%,d left out)", sample.leftOut()),
            sample.others().size());
    if (sample.alone() > 0) {
      context()
          .console()
          .say("  not looked at: %,d images that are alone in their group", sample.alone());
    }
    return new Todo(specs, extractor, sample, options);
  }

  private Settings settings(String aggregator) {
    return context().settings().with("extractor.aggregator", aggregator);
  }

  private ExtractorSpec spec(String aggregator) {
    try {
      AggregationKind.of(aggregator);
    } catch (IllegalArgumentException e) {
      throw new InputException("--aggregators: %s", e.getMessage());
    }
    return ExtractorFiles.spec(context(), settings(aggregator));
  }

  private void requireComparable(List<ExtractorSpec> specs) {
    if (new HashSet<>(names).size() < names.size()) {
      throw new InputException(
          "--aggregators %s names one twice: name each once", String.join(",", names));
    }
    if (specs.stream().anyMatch(spec -> spec.backbones().size() > 1)) {
      throw new InputException(
          "A part of extractor.concat names a backbone of its own: aggregators are compared on one"
              + " network, that of extractor.backbone");
    }
    // Other ways divide by the norm of what is joined, which would be that of all aggregators.
    if (specs.stream()
        .anyMatch(spec -> !spec.scaleCombination().equals(new ScaleCombination.Sum()))) {
      throw new InputException(
          "extractor.scale-combination is %s: aggregators are compared with sum only",
          context().settings().string("extractor.scale-combination"));
    }
  }

  @Override
  protected Result run(Todo todo) {
    DescribedSample described = describe(todo);
    if (described.queries() < 2) {
      throw new InputException(
          "Of the %,d labelled images, %,d could be described and have another of their group:"
              + " name other groups",
          todo.sample.labelled().size(), described.queries());
    }
    Broadcast<DescribedSample> everywhere = context().spark().broadcast(described);
    List<Integer> offsets = new ArrayList<>(List.of(0));
    todo.specs.forEach(spec -> offsets.add(offsets.get(offsets.size() - 1) + spec.dimension()));
    ArrayList<AggregatorScore.Task> tasks = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      tasks.add(
          new AggregatorScore.Task(
              names.get(i),
              offsets.get(i),
              offsets.get(i + 1),
              Whitenings.options(context().settings())));
    }
    List<AggregatorScore> scores =
        new UnitRunner(context(), "aggregators")
            .run(
                tasks, tasks.size(), (task, spark) -> task.score(everywhere.value(), spark.done()));
    return new Result(
        described,
        scores,
        context().store().locate("evaluations/" + context().run() + "/aggregators"));
  }

  private DescribedSample describe(Todo todo) {
    List<CopyQuery.Original> all =
        Stream.concat(
                todo.sample.labelled().stream().map(LabelledSample.Member::image),
                todo.sample.others().stream())
            .toList();
    List<ArrayList<Integer>> blocks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += BLOCK) {
      blocks.add(
          new ArrayList<>(
              IntStream.range(from, Math.min(all.size(), from + BLOCK)).boxed().toList()));
    }
    ArrayList<String> specs =
        new ArrayList<>(todo.specs.stream().map(ExtractorSpec::toJson).toList());
    ArrayList<CopyQuery.Original> originals = new ArrayList<>(all);
    String network = Layout.extractor(todo.network.id());
    ExecutorExtractors.Options options = todo.options;
    long maxBytes = context().settings().bytes("image.max-bytes");
    Broadcast<ArrayList<CopyQuery.Original>> listed = context().spark().broadcast(originals);
    List<Block> described =
        new UnitRunner(context(), "images")
            .run(
                blocks,
                all.size(),
                (block, task) -> {
                  SideBySide together =
                      new SideBySide(
                          specs.stream()
                              .map(json -> ExtractorSpec.parse(json).aggregation())
                              .toList());
                  ArtifactManifest artifact = new Artifacts(task.store()).require(network);
                  Extractor extractor =
                      ExecutorExtractors.open(task.store(), artifact, options, together);
                  Optional<ImageBoxes> boxes =
                      ImageBoxes.of(
                          task.store(),
                          artifact,
                          extractor.spec(),
                          block.stream()
                              .map(i -> listed.value().get(i).imageId())
                              .collect(Collectors.toSet()));
                  ArrayList<Image> found = new ArrayList<>();
                  extractor.extract(
                      block.stream()
                          .map(i -> listed.value().get(i).image(maxBytes, task.origin().hadoop()))
                          .map(image -> boxes.map(those -> those.with(image)).orElse(image))
                          .iterator(),
                      outcome -> {
                        task.done().accept(1);
                        if (outcome instanceof Described image) {
                          found.add(new Image(block.get(outcome.index()), image.descriptor()));
                        } else {
                          task.rejected().accept(1);
                        }
                      });
                  return new Block(
                      found,
                      boxes
                          .map(those -> new LinkedHashMap<>(those.counts().counts()))
                          .orElseGet(LinkedHashMap::new));
                });
    Counts boxes = new Counts();
    described.forEach(block -> block.boxes.forEach(boxes::add));
    if (!boxes.counts().isEmpty()) {
      context()
          .console()
          .say(
              "  boxes: %,d used, %,d dropped (empty, outside the image, or no numbers); %,d images"
                  + " without boxes, whose whole is one",
              boxes.count(ImageBoxes.USED),
              boxes.count(ImageBoxes.DROPPED),
              boxes.count(ImageBoxes.WITHOUT));
    }
    return DescribedSample.of(
        todo.sample,
        described.stream().flatMap(block -> block.images.stream()).toList(),
        all.size());
  }

  @Override
  protected void verify(Todo todo, Result result) {
    for (AggregatorScore score : result.scores) {
      if (score.raw().length != result.described.queries()) {
        throw new JobFailedException(
            "Books of the comparison do not balance: %d queries, %d results of %s",
            result.described.queries(), score.raw().length, score.name());
      }
    }
  }

  @Override
  protected void commit(Todo todo, Result result) {
    List<Row> rows = new ArrayList<>();
    for (AggregatorScore score : result.scores) {
      for (int q = 0; q < score.raw().length; q++) {
        LabelledSample.Member member = result.described.query(q);
        rows.add(
            new Row(
                score.name(),
                member.image().imageId(),
                member.group(),
                score.raw()[q],
                score.whitened()[q]));
      }
    }
    Evaluations.write(context(), rows, Row.class, result.path);
  }

  @Override
  protected void report(Todo todo, Result result) {
    List<List<String>> table = new ArrayList<>();
    table.add(
        List.of(
            "aggregator",
            "components",
            "mAP raw",
            "gain (95 %)",
            "whitened to",
            "mAP",
            "gain (95 %)"));
    AggregatorScore first = result.scores.get(0);
    for (AggregatorScore score : result.scores) {
      boolean isFirst = score.name().equals(first.name());
      table.add(
          List.of(
              score.name(),
              Integer.toString(score.components()),
              mean(score.raw()),
              isFirst ? "" : gain(result.described, first.raw(), score.raw()),
              score.dimension() == 0 ? "–" : Integer.toString(score.dimension()),
              score.dimension() == 0 ? "–" : mean(score.whitened()),
              isFirst || score.dimension() == 0 || first.dimension() == 0
                  ? ""
                  : gain(result.described, first.whitened(), score.whitened())));
    }
    context().console().table(table);
    context()
        .console()
        .say(
            "  %,d queries, leave-one-out among %,d images by exact search; %,d could not be"
                + " described%s\n"
                + "  gains are over %s, paired bootstrap over groups; %s\n"
                + "  per query: %s",
            result.described.queries(),
            result.described.gallery(),
            result.described.failed(),
            result.described.alone() == 0
                ? ""
                : String.format(
                    Locale.ROOT, "; %,d are left alone in their group", result.described.alone()),
            first.name(),
            result.described.fitted(),
            result.path);
    result.scores.stream()
        .filter(score -> score.dimension() == 0)
        .forEach(score -> context().console().say("  %s: %s", score.name(), score.reason()));
  }

  private static String mean(double[] values) {
    return String.format(Locale.ROOT, "%.3f", Arrays.stream(values).average().orElseThrow());
  }

  private static String gain(DescribedSample sample, double[] before, double[] after) {
    TreeMap<String, Long> units = new TreeMap<>();
    List<PairedBootstrap.Pair> pairs = new ArrayList<>();
    for (int q = 0; q < before.length; q++) {
      long unit = units.computeIfAbsent(sample.query(q).group(), group -> (long) units.size());
      pairs.add(new PairedBootstrap.Pair(unit, before[q], after[q]));
    }
    PairedBootstrap.Drop drop = PairedBootstrap.of(pairs, SEED);
    return String.format(
        Locale.ROOT, "%+.3f [%+.3f, %+.3f]", -drop.mean(), -drop.upper(), -drop.lower());
  }

  @Override
  protected Counts books(Result result) {
    return new Counts().add("queries", (long) result.described.queries() * names.size());
  }
}
