package dev.remap.jobs.stage.whiten;

import dev.remap.core.pooling.RegionsToWhiten;
import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.CopyQuery;
import dev.remap.jobs.evaluate.ListedSample;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.RejectReasons;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Whitenings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.spark.broadcast.Broadcast;

/**
 * Images to a whitening of their regions: the moments of a sample's regions, summed in one pass,
 * and what is fitted to them.
 *
 * <p>Parts depend on the sample alone and their sums are added in their order, so that the bits do
 * not depend on how many tasks run at once.
 */
public final class RegionFitJob extends Job<RegionFitJob.Todo, RegionFitJob.Fitted> {
  /** Images that are looked at, unless others are wanted. */
  public static final int IMAGES = 10_000;

  private static final int MOST_IMAGES = 100_000;
  private static final int LEAST_OF_PART = 64;

  /** Each part's sums are 4·D² bytes, and some may wait on the driver for one before them. */
  private static final int MOST_PARTS = 16;

  private static final int REASONS = 5;
  private static final long SEED = 20160613;

  private final Integer snapshot;
  private final int images;

  private ArtifactManifest committed;

  /**
   * @param snapshot number of the snapshot; null for the newest
   * @param images how many to look at, at the most
   */
  public RegionFitJob(JobContext context, Integer snapshot, int images) {
    super(context);
    this.snapshot = snapshot;
    this.images = images;
  }

  record Todo(
      RegionsToWhiten regions,
      ArtifactManifest extractor,
      List<CopyQuery.Original> sample,
      WhiteningOptions options,
      Inputs inputs) {}

  @SuppressWarnings("ArrayRecordComponent") // Carries a file; never compared.
  record Fitted(byte[] bytes, long described, long regions, List<RegionFitTask.Failure> failures) {}

  @Override
  protected String name() {
    return RegionWhitenings.COMMAND;
  }

  @Override
  protected Map<String, String> asked() {
    return Map.of(RegionWhitenings.IMAGES, Integer.toString(images));
  }

  @Override
  protected Todo plan() {
    if (images < 2 || images > MOST_IMAGES) {
      throw new InputException(
          "--images is %d: give the number of images to look at, from 2 to %,d",
          images, MOST_IMAGES);
    }
    Store store = context().store();
    RegionsToWhiten regions = ExtractorFiles.regionsToWhiten(context().settings(), store);
    ExtractorFiles files = ExtractorFiles.of(context().settings(), regions, store);
    WhiteningOptions options = options();
    Snapshots snapshots = new Snapshots(store);
    int number = snapshots.choose(context(), snapshot);
    List<CopyQuery.Original> sample = ListedSample.draw(context(), number, images, SEED);
    if (sample.size() < 2) {
      throw new InputException(
          "Snapshot %d lists %d images: regions of at least 2 are whitened", number, sample.size());
    }
    Inputs inputs =
        Inputs.of(Inputs.EXTRACTOR, files.id())
            .with(Inputs.SNAPSHOT, Optional.of(number))
            .with(Inputs.LISTING, snapshots.listing(number))
            .with(RegionWhitenings.AGGREGATOR, regions.aggregator())
            .with(RegionWhitenings.IMAGES, Integer.toString(images))
            .with("options", FitJob.text(options));
    context()
        .console()
        .say(
            "whiten %d regions of an image for %s (%s, %d×%d): %,d of %,d images of snapshot %d",
            regions.regions(),
            regions.aggregator(),
            files.spec().backbone().name(),
            files.spec().scales().get(0).longSide(),
            files.spec().scales().get(0).shortSide(),
            sample.size(),
            snapshots.images(number),
            number);
    if (!context().settings().string("extractor.regions-table").isBlank()) {
      context()
          .console()
          .say("  regions are those of the grid: extractor.regions-table is not looked at");
    }
    return new Todo(regions, files.commit(store, context().run()), sample, options, inputs);
  }

  /** Regions are projected to be summed: none of their directions is left out unless asked for. */
  private WhiteningOptions options() {
    WhiteningOptions options = Whitenings.options(context().settings());
    return options.dimension() == WhiteningOptions.AUTO
        ? options.withDimension(WhiteningOptions.SPANNED)
        : options;
  }

  private static List<ArrayList<CopyQuery.Original>> parts(List<CopyQuery.Original> sample) {
    int size = Math.max(LEAST_OF_PART, (sample.size() + MOST_PARTS - 1) / MOST_PARTS);
    List<ArrayList<CopyQuery.Original>> parts = new ArrayList<>();
    for (int from = 0; from < sample.size(); from += size) {
      parts.add(new ArrayList<>(sample.subList(from, Math.min(sample.size(), from + size))));
    }
    return parts;
  }

  @Override
  protected Fitted run(Todo todo) {
    RegionFitTask task =
        new RegionFitTask(
            Layout.extractor(todo.extractor.id()),
            todo.regions.aggregator(),
            todo.regions.levels(),
            todo.regions.regions(),
            context().settings().bytes("image.max-bytes"),
            ExecutorExtractors.Options.of(context()));
    List<RegionFitTask.Failure> failures = new ArrayList<>();
    TreeMap<Integer, RegionFitTask.Gathered> waiting = new TreeMap<>();
    int[] next = {0};
    Moments[] sum = {null};
    new UnitRunner(context(), "images")
        .forEach(
            parts(todo.sample),
            todo.sample.size(),
            task,
            (number, gathered) -> {
              waiting.put(number, gathered);
              while (waiting.containsKey(next[0])) {
                RegionFitTask.Gathered part = waiting.remove(next[0]++);
                sum[0] = sum[0] == null ? part.sums().moments() : added(sum[0], part.sums());
                failures.addAll(part.failures());
              }
            });
    requireImages(todo, failures);
    return new Fitted(
        fit(RegionSums.of(sum[0]), todo.options),
        (long) todo.sample.size() - failures.size(),
        sum[0].count(),
        failures);
  }

  private static Moments added(Moments sum, RegionSums more) {
    more.addTo(sum);
    return sum;
  }

  private void requireImages(Todo todo, List<RegionFitTask.Failure> failures) {
    double most = context().settings().number("extract.max-reject-ratio", 0, 1);
    if (failures.size() > most * todo.sample.size()) {
      throw new JobFailedException(
          "%,d of %,d images could not be described, more than extract.max-reject-ratio (%s)"
              + " allows:\n%s",
          failures.size(), todo.sample.size(), most, new Plain.Lines(reasons(failures)));
    }
  }

  private byte[] fit(RegionSums sums, WhiteningOptions options) {
    Broadcast<RegionSums> everywhere = context().spark().broadcast(sums);
    try {
      return new UnitRunner(context(), "moments")
          .run(
              new ArrayList<>(List.of(options)),
              1,
              (chosen, task) -> {
                try (TorchEigenSolver solver = new TorchEigenSolver()) {
                  return Whitening.fit(everywhere.value().moments(), chosen, solver).toBytes();
                } catch (IllegalArgumentException e) {
                  throw new InputException("whitening of regions: %s", e.getMessage());
                }
              })
          .get(0);
    } finally {
      everywhere.destroy();
    }
  }

  @Override
  protected void verify(Todo todo, Fitted fitted) {
    long most = fitted.described * todo.regions.regions();
    if (fitted.regions > most) {
      throw new JobFailedException(
          "Books do not balance: %,d regions of %,d images with %d each",
          fitted.regions, fitted.described, todo.regions.regions());
    }
  }

  @Override
  protected void commit(Todo todo, Fitted fitted) {
    byte[] names = todo.inputs.byName().toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(fitted.bytes, fitted.bytes.length + names.length);
    System.arraycopy(names, 0, all, fitted.bytes.length, names.length);
    String id = Sha256.hex(all).substring(0, 16);
    committed =
        new Artifacts(context().store())
            .commit(
                Layout.regionWhitening(id),
                new ArtifactDraft(id, "region whitening", todo.inputs, context().run()),
                Map.of(RegionWhitenings.FILE, ByteSource.of(fitted.bytes)),
                name());
  }

  @Override
  protected void report(Todo todo, Fitted fitted) {
    Console console = context().console();
    Whitening whitening = Whitening.fromBytes(fitted.bytes);
    long looked = fitted.described * todo.regions.regions();
    console.say(
        "  books: %,d images = %,d described + %,d rejected; %,d regions = %,d summed + %,d without"
            + " activation",
        todo.sample.size(),
        fitted.described,
        fitted.failures.size(),
        looked,
        fitted.regions,
        looked - fitted.regions);
    reasons(fitted.failures).forEach(line -> console.say("%s", line));
    console.say(
        "region whitening %s: %,d → %d dimensions, %.1f %% of the variance. %s",
        committed.id(),
        whitening.inputDimension(),
        whitening.dimension(),
        100 * whitening.explainedVariance(),
        whitening.reason());
    boolean isToTrain =
        todo.regions.isAttention()
            && context().settings().string("extractor.attention-weights").isBlank();
    console.say(
        isToTrain ? "  to train attention with it: `%s`" : "  to describe images by it: `%s`",
        (isToTrain ? line("train").with("--parts", "attention") : line("extract"))
            .withSetting("extractor.region-whitening", committed.id()));
  }

  /** What is said of a whitening is of the regions', not of the one of the descriptors. */
  private CommandText line(String command) {
    return context().line(command).withoutSettings("whitening");
  }

  private static List<String> reasons(List<RegionFitTask.Failure> failures) {
    RejectReasons reasons = new RejectReasons();
    failures.forEach(failure -> reasons.add(row(failure)));
    List<RejectReasons.Reason> sorted = reasons.sorted();
    List<String> lines = new ArrayList<>();
    sorted.stream()
        .limit(REASONS)
        .forEach(
            reason ->
                lines.add(
                    Plain.format(
                        "  rejected: %,d images: %s: %s, such as %s",
                        reason.images(),
                        reason.group(),
                        reason.reason(),
                        reason.example().imageId())));
    long others = sorted.stream().skip(REASONS).mapToLong(RejectReasons.Reason::images).sum();
    if (others > 0) {
      lines.add(Plain.format("  rejected: %,d images for other reasons", others));
    }
    return lines;
  }

  private static RejectRow row(RegionFitTask.Failure failure) {
    return new RejectRow(
        failure.image().key(),
        Change.PUT,
        failure.image().imageId(),
        failure.image().uri(),
        failure.image().version(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        failure.stage(),
        failure.content() ? RejectRow.Kind.CONTENT : RejectRow.Kind.ACCESS,
        failure.reason(),
        1);
  }

  @Override
  protected Counts books(Fitted fitted) {
    return new Counts()
        .add("described", fitted.described)
        .add("rejected", fitted.failures.size())
        .add("regions", fitted.regions);
  }
}
