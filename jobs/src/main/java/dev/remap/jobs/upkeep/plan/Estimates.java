package dev.remap.jobs.upkeep.plan;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.ClusterSlots;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.stage.whiten.FitJob;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.ExtractorFiles;
import java.util.ArrayList;
import java.util.List;

/** Turns the size of a night into what each stage of it takes. */
final class Estimates {
  private final Settings settings;
  private final ExtractorSpec extractor;
  private final long backbones;
  private final ClusterSlots offer;
  private final RunHistory history;
  private final MemoryNeed memory;
  private final RowSizes sizes;

  Estimates(
      Settings settings,
      ExtractorFiles extractor,
      ClusterSlots offer,
      RunHistory history,
      RowSizes sizes) {
    this.settings = settings;
    this.extractor = extractor.spec();
    this.backbones =
        extractor.torchScripts().stream().mapToLong(file -> file.toFile().length()).sum();
    this.offer = offer;
    this.history = history;
    this.memory = new MemoryNeed(offer.tasksEach());
    this.sizes = sizes;
  }

  /** In the order they run. */
  List<StageEstimate> of(Workload night) {
    List<StageEstimate> stages = new ArrayList<>();
    stages.add(snapshot(night));
    stages.add(extract(night));
    stages.add(whiten(night));
    if (night.first()) {
      stages.add(quantize(night));
    }
    stages.add(build(night));
    stages.add(publish(night));
    if (night.compact().total().rows() > 0) {
      stages.add(compact(night));
    }
    return List.copyOf(stages);
  }

  private StageEstimate snapshot(Workload night) {
    long units = night.snapshot().units();
    long perUnit = settings.integer("unit.images", 1, Integer.MAX_VALUE);
    return new Draft(night, PlanStage.SNAPSHOT, units, night.listed())
        // Once to find ids that share a key, once to compare.
        .bytes(2 * night.before() * sizes.snapshot(), night.snapshot().rows() * sizes.snapshot())
        .memory(memory.listing(Math.min(perUnit, night.listed())), 0)
        .objects(2 * units + 2);
  }

  private StageEstimate extract(Workload night) {
    long units = night.extract().units();
    return new Draft(night, PlanStage.EXTRACT, units, night.extract().rows())
        .bytes((double) night.imageBytes(), night.extract().rows() * sizes.descriptor())
        .memory(
            memory.decoding(extractor, settings.integer("extract.window", 1, 1 << 20)),
            memory.network(extractor, backbones))
        .objects(3 * units + 2);
  }

  private StageEstimate whiten(Workload night) {
    long rows = night.project().rows();
    long units = night.project().units();
    StageSpeed speed = StageSpeed.of(PlanStage.WHITEN, runs(PlanStage.WHITEN, night));
    return new Draft(night, PlanStage.WHITEN, units, rows)
        .speed(night.first() ? speed.later(fitting()) : speed)
        .bytes(rows * sizes.descriptor(), rows * vector(night))
        .memory(memory.projection(night.shape().dimension(), Descriptors.dimension(extractor)), 0)
        // Fitting leaves a file, its manifest, and two records of its own run.
        .objects(2 * units + (night.first() ? 6 : 2));
  }

  /** Seconds that the last whitening took to be fitted. */
  private double fitting() {
    return history.of(PlanStage.WHITEN.job()).stream()
            .filter(run -> run.succeeded() && run.count(FitJob.FITTED) > 0)
            .mapToLong(RunHistory.Run::milliseconds)
            .reduce(0, (earlier, later) -> later)
        / 1000.0;
  }

  private double vector(Workload night) {
    return sizes.vector(night.shape().dimension());
  }

  private StageEstimate quantize(Workload night) {
    IndexShape shape = night.shape();
    return new Draft(night, PlanStage.QUANTIZE, 1, shape.trainingVectors(settings))
        .bytes(shape.entries() * vector(night), (double) shape.quantizer())
        .memory(0, 0)
        .speed(StageSpeed.ofTraining(shape.spec(), shape.dimension()))
        .objects(2);
  }

  private StageEstimate build(Workload night) {
    IndexShape shape = night.shape();
    double in =
        night.first()
            ? shape.entries() * vector(night)
            : (double) shape.bytes() + night.project().rows() * vector(night);
    return new Draft(night, PlanStage.BUILD, shape.shards(), shape.entries())
        .bytes(in, (double) shape.bytes())
        .memory(memory.rowGroups(), memory.shards(shape.buildBytes()))
        .objects(2L * shape.shards() + 3);
  }

  private StageEstimate publish(Workload night) {
    IndexShape shape = night.shape();
    long copies = CopyKind.values().length * compared(night);
    StageSpeed speed = StageSpeed.of(PlanStage.PUBLISH, runs(PlanStage.PUBLISH, night));
    if (speed.runs() == 0) {
      StageSpeed describing = StageSpeed.of(PlanStage.EXTRACT, runs(PlanStage.EXTRACT, night));
      speed = speed.later(describing.secondsEach() * copies / offer.slots());
    }
    long network = copies == 0 ? 0 : memory.network(extractor, backbones);
    return new Draft(night, PlanStage.PUBLISH, shape.shards(), shape.entries())
        .bytes((double) shape.bytes(), 0)
        .memory(0, Math.max(network, memory.shards(shape.shardBytes())))
        .speed(speed)
        .objects(1);
  }

  private StageEstimate compact(Workload night) {
    Workload.Compaction parts = night.compact();
    double bytes =
        parts.snapshots().rows() * sizes.snapshot()
            + parts.descriptors().rows() * sizes.descriptor()
            + parts.vectors().rows() * vector(night);
    long units = parts.total().units();
    // A run of its own for each table.
    StageSpeed speed = StageSpeed.of(PlanStage.COMPACT, runs(PlanStage.COMPACT, night));
    return new Draft(night, PlanStage.COMPACT, units, parts.total().rows())
        .bytes(bytes, bytes)
        .speed(speed.later((parts.tables() - 1) * speed.fixedSeconds()))
        .memory(memory.rowGroups(), 0)
        .objects(3 * units + 6);
  }

  /** Images whose copies are compared with the live generation. */
  private long compared(Workload night) {
    return night.first() ? 0 : settings.integer("publish.copies");
  }

  /**
   * Runs to learn from: another network has another speed, and a publication compares copies only
   * where something is live.
   */
  private List<RunHistory.Run> runs(PlanStage stage, Workload night) {
    return history.of(stage.job()).stream()
        .filter(
            run ->
                switch (stage) {
                  case EXTRACT -> run.hasSame("extractor", settings);
                  case PUBLISH -> run.count(PublishJob.COPIED) == compared(night);
                  default -> true;
                })
        .toList();
  }

  /** An estimate in the making. */
  private final class Draft {
    private final PlanStage stage;
    private final long units;
    private final long images;
    private long in;
    private long out;
    private long heap;
    private long outside;
    private StageSpeed speed;

    Draft(Workload night, PlanStage stage, long units, long images) {
      this.stage = stage;
      this.units = units;
      this.images = images;
      this.speed = StageSpeed.of(stage, runs(stage, night));
    }

    Draft bytes(double read, double written) {
      in = Math.round(read);
      out = Math.round(written);
      return this;
    }

    Draft memory(long inHeap, long outsideHeap) {
      heap = inHeap;
      outside = outsideHeap;
      return this;
    }

    Draft speed(StageSpeed known) {
      speed = known;
      return this;
    }

    StageEstimate objects(long created) {
      double seconds = speed.seconds(images, stage.tasks(offer.slots(), units));
      // Every job leaves two records of its run.
      return new StageEstimate(
          stage, units, images, in, out, seconds, speed, heap, outside, created + 2);
    }
  }
}
