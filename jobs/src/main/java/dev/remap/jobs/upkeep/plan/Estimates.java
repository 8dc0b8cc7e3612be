package dev.remap.jobs.upkeep.plan;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.core.extraction.ExtractorSettings;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.Scale;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.ClusterSlots;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.run.RunHistory.Run;
import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.sample.SampleBlocks;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.stage.quantize.DistributedTraining;
import dev.remap.jobs.stage.whiten.FitJob;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.upkeep.plan.StageEstimate.Memory;
import dev.remap.jobs.upkeep.plan.Workload.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * What each stage of a night takes.
 *
 * @param networkBytes of the files of the extractor's networks
 * @param slots where it runs
 * @param sizes of the rows that it reads and writes
 */
record Estimates(
    Settings settings,
    ExtractorFiles extractor,
    long networkBytes,
    ClusterSlots slots,
    RunHistory history,
    RowSizes sizes) {
  /** Heap of a task, for a row group that is written and one that is read. */
  private static final long ROW_GROUPS = 128L << 20;

  private static final long LIBTORCH = 512L << 20;

  /**
   * Feature maps that are alive at once, in sizes of the network's float input; generous for the
   * networks tried.
   */
  private static final long MAPS = 24;

  /** In the order they run. */
  List<StageEstimate> of(Workload night) {
    List<StageEstimate> stages = new ArrayList<>();
    stages.add(snapshot(night));
    stages.add(extract(night));
    stages.add(whiten(night));
    if (night.first()) {
      stages.add(quantize(night.shape()));
    }
    stages.add(build(night));
    stages.add(publish(night));
    if (!night.compact().isEmpty()) {
      stages.add(compact(night));
    }
    return List.copyOf(stages);
  }

  private StageEstimate snapshot(Workload night) {
    return estimate(
        PlanStage.SNAPSHOT,
        new Part(night.listed(), night.snapshot().units()),
        speed(PlanStage.SNAPSHOT, run -> true),
        // Once to find ids that share a key, once to compare.
        2 * night.before() * sizes.snapshot(),
        night.snapshot().rows() * sizes.snapshot(),
        ofTasks(ROW_GROUPS, 0));
  }

  private StageEstimate extract(Workload night) {
    Part part = night.extract();
    int dimension = extractor.spec().dimension();
    MomentParts parts = new MomentParts(night.listed(), dimension);
    // Of the units that are as large as a part, enough for a covariance.
    double withProducts =
        !night.first() || part.units() > parts.count()
            ? 0
            : part.units()
                * Math.min(1, (double) MomentParts.enough(dimension) / Math.max(1, part.rows()));
    long window = settings.integer("extract.window", 1, 1 << 20);
    long decoded = Math.min(ExtractorSettings.defaults(1).pixelBytes(), window * pixels().sum());
    return estimate(
        PlanStage.EXTRACT,
        part,
        describing(),
        part.rows() == 0 ? 0 : night.imageBytes() * part.rows(),
        part.rows() * sizes.descriptor() + 4.0 * dimension * dimension * withProducts,
        ofTasks(ROW_GROUPS + decoded, 0).most(new Memory(0, network())));
  }

  /** Another network has another speed. */
  private StageSpeed describing() {
    return speed(PlanStage.EXTRACT, run -> run.hasSame("extractor", settings));
  }

  private long network() {
    return LIBTORCH + networkBytes + slots.tasksEach() * maps(extractor.spec());
  }

  /** Bytes that a task's batch takes outside the heap, in the largest of the scales. */
  static long maps(ExtractorSpec spec) {
    return spec.scales().stream().mapToLong(scale -> maps(spec, scale)).max().orElseThrow();
  }

  private static long maps(ExtractorSpec spec, Scale scale) {
    // One network runs after the other, and what the earlier ones gave waits.
    long waiting =
        spec.others().stream()
            .flatMap(card -> card.taps().stream())
            .mapToLong(
                tap ->
                    (long) tap.channels()
                        * tap.cells(scale.longSide())
                        * tap.cells(scale.shortSide()))
            .sum();
    return (long) spec.batchSize() * Float.BYTES * (MAPS * pixels(scale) + waiting);
  }

  /** Bytes of an image as it is decoded, at each scale. */
  private LongStream pixels() {
    List<Scale> scales = extractor.spec().scales();
    return scales.stream().mapToLong(Estimates::pixels);
  }

  private static long pixels(Scale scale) {
    return 3L * scale.longSide() * scale.shortSide();
  }

  private StageEstimate whiten(Workload night) {
    Part part = night.project();
    // A fit works on sums, not on images.
    StageSpeed speed =
        speed(
            PlanStage.WHITEN,
            run -> run.hasSame("extractor", settings) && run.count(FitJob.FITTED) == 0);
    return estimate(
        PlanStage.WHITEN,
        part,
        night.first() ? speed.later(fitting()) : speed,
        part.rows() * sizes.descriptor(),
        part.rows() * vector(night.shape()),
        night.first() ? ofTasks(ROW_GROUPS, 0).most(solving()) : ofTasks(ROW_GROUPS, 0));
  }

  /**
   * Of the one task that fits a whitening to D components: sums and eigenvectors in the heap;
   * outside, the covariance, its copy, and what LAPACK works with.
   */
  private Memory solving() {
    long matrix = (long) extractor.spec().dimension() * extractor.spec().dimension();
    return new Memory(24 * matrix, 32 * matrix);
  }

  /** Seconds that the last whitening took to be fitted. */
  private double fitting() {
    return history.of(PlanStage.WHITEN.job()).stream()
            .filter(run -> run.succeeded() && run.count(FitJob.FITTED) > 0)
            .mapToLong(Run::milliseconds)
            .reduce(0, (earlier, later) -> later)
        / 1000.0;
  }

  private double vector(IndexShape shape) {
    return sizes.vector(shape.dimension());
  }

  /**
   * On the driver, which has the vectors in its heap and once more outside; or by tasks, which have
   * a block of them at a time, and the centroids in the heap.
   */
  private StageEstimate quantize(IndexShape shape) {
    long vectors = shape.trainingVectors(settings);
    long bytes = vectors * shape.dimension() * Float.BYTES;
    boolean onDriver = trainsOnDriver(shape);
    long perBlock = Math.max(1, SampleBlocks.NUMBERS / shape.dimension());
    long blockBytes = (long) SampleBlocks.NUMBERS * Float.BYTES;
    return estimate(
        PlanStage.QUANTIZE,
        new Part(vectors, onDriver ? 1 : KeyPartitioner.units(vectors, perBlock)),
        StageSpeed.ofTraining(shape.spec(), shape.dimension()),
        shape.entries() * vector(shape),
        (double) shape.quantizer(),
        onDriver
            ? new Memory(bytes, bytes)
            : ofTasks(ROW_GROUPS + shape.quantizer(), 3 * blockBytes));
  }

  private StageEstimate build(Workload night) {
    IndexShape shape = night.shape();
    double below = night.first() ? 0 : shape.bytes();
    return estimate(
        PlanStage.BUILD,
        new Part(shape.entries(), shape.shards()),
        speed(PlanStage.BUILD, run -> true),
        below + night.project().rows() * vector(shape),
        (double) shape.bytes(),
        ofTasks(ROW_GROUPS, shape.buildBytes()));
  }

  /** Describes copies and compares them, where something is live. */
  private StageEstimate publish(Workload night) {
    IndexShape shape = night.shape();
    long compared = night.first() ? 0 : settings.integer("publish.copies");
    long copies = CopyKind.values().length * compared;
    StageSpeed speed = speed(PlanStage.PUBLISH, run -> run.count(PublishJob.COPIED) == compared);
    Memory shards = ofTasks(0, shape.shardBytes());
    return estimate(
        PlanStage.PUBLISH,
        new Part(shape.entries(), shape.shards()),
        speed.runs() == 0
            ? speed.later(describing().secondsEach() * copies / slots.slots())
            : speed,
        (double) shape.bytes(),
        0,
        copies == 0 ? shards : shards.most(new Memory(0, network())));
  }

  /** A run of its own for each table. */
  private StageEstimate compact(Workload night) {
    Map<TableKind, Part> parts = night.compact();
    Part all = parts.values().stream().reduce(Part.NONE, Part::plus);
    double bytes =
        parts.entrySet().stream()
            .mapToDouble(part -> part.getValue().rows() * rowOf(part.getKey(), night.shape()))
            .sum();
    StageSpeed speed = speed(PlanStage.COMPACT, run -> true);
    return estimate(
        PlanStage.COMPACT,
        all,
        speed.later((parts.size() - 1) * speed.fixedSeconds()),
        bytes,
        bytes,
        ofTasks(ROW_GROUPS, 0));
  }

  private double rowOf(TableKind kind, IndexShape shape) {
    return switch (kind) {
      case SNAPSHOTS -> sizes.snapshot();
      case DESCRIPTORS -> sizes.descriptor();
      default -> vector(shape);
    };
  }

  /** What else a night takes. */
  List<String> notes(Workload night) {
    IndexShape shape = night.shape();
    List<String> notes = new ArrayList<>();
    if (night.first() && !trainsOnDriver(shape)) {
      long driver =
          DistributedTraining.heapOfDriver(
              shape.spec(), shape.dimension(), shape.trainingVectors(settings));
      notes.add(
          "quantize trains by tasks, whose memory that is; the driver takes up to %s of heap"
              .formatted(Console.bytes(driver)));
    }
    long shuffled = shape.shuffledBytes(night.first() ? shape.entries() : night.project().rows());
    if (shuffled > 0) {
      notes.add(
          "build by list has tasks encode first; %s of codes pass the shuffle, by the executors' local disks"
              .formatted(Console.bytes(shuffled)));
    }
    return List.copyOf(notes);
  }

  private boolean trainsOnDriver(IndexShape shape) {
    return Quantizers.place(
            settings, shape.spec(), shape.trainingVectors(settings), shape.dimension())
        == Quantizers.Place.DRIVER;
  }

  private Memory ofTasks(long heap, long outside) {
    return new Memory(slots.tasksEach() * heap, slots.tasksEach() * outside);
  }

  private StageSpeed speed(PlanStage stage, Predicate<Run> didTheSame) {
    return StageSpeed.of(stage, history.of(stage.job()).stream().filter(didTheSame).toList());
  }

  private StageEstimate estimate(
      PlanStage stage, Part part, StageSpeed speed, double in, double out, Memory memory) {
    double busy = stage.busy(slots.slots(), part.units());
    double seconds = speed.seconds((double) part.rows(), busy);
    return new StageEstimate(
        stage, part, speed, busy, seconds, in, out, memory, stage.objects(part.units()));
  }
}
