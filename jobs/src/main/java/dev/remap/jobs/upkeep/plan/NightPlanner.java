package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.ClusterSlots;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.run.RunLog;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.table.BatchSize;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.NightRefusal;
import dev.remap.jobs.table.ShardLayout;
import java.util.List;
import java.util.Optional;

/**
 * Tells what the next night would do and take, before anything runs, or what an index of many
 * images would. Nothing but the record of the plan itself is written, and that only where there is
 * a store.
 */
public final class NightPlanner {
  private static final long MOST_IMAGES = 1_000_000_000_000L;

  private final JobContext context;
  private final Settings settings;
  private final Console console;
  private final Long images;

  /**
   * @param images to plan an index of; null to plan the next night by the settings' catalogue
   */
  public NightPlanner(JobContext context, Long images) {
    this.context = context;
    this.settings = context.settings();
    this.console = context.console();
    this.images = images;
  }

  /** Plans, prints and records it. */
  public void execute() {
    if (images != null && (images < 1 || images > MOST_IMAGES)) {
      throw new InputException("--images is %d: it must be from 1 to %d", images, MOST_IMAGES);
    }
    if (!context.store().exists(Store.MARK)) {
      plan();
      return;
    }
    RunLog log = RunLog.start(context, PlanAccuracy.PLAN);
    try {
      log.succeeded(plan());
    } catch (RuntimeException e) {
      log.failed(e);
      throw e;
    }
  }

  private Counts plan() {
    int executors = settings.integer("plan.executors", 0, 1_000_000);
    ClusterSlots now = ClusterSlots.of(context);
    ClusterSlots slots = executors == 0 ? now : new ClusterSlots(executors, now.tasksEach());
    String offered = executors == 0 ? "what the Spark master offers now" : "plan.executors";
    PlanReport report = new PlanReport(console, slots, offered, Cost.of(settings));
    RunHistory history = RunHistory.of(context.store());
    NightState state = NightState.of(context);
    RowSizes sizes = RowSizes.of(state);
    long network = state.extractor().networkBytes(state.store());
    Estimates estimates =
        new Estimates(settings, state.extractor(), network, slots, history, sizes);
    if (images != null) {
      index(state, sizes, estimates, report);
      return new Counts().add("images", images);
    }
    List<StageEstimate> stages = night(state, estimates, report);
    DecodeCores.of(history).ifPresent(cores -> cores.print(console));
    PlanAccuracy.of(history).ifPresent(accuracy -> accuracy.print(console));
    return PlanAccuracy.books(stages);
  }

  /** The next night by the catalogue; no stages where there is nothing to do. */
  private List<StageEstimate> night(NightState state, Estimates estimates, PlanReport report) {
    CatalogueDiff diff = CatalogueDiff.of(context, state);
    Optional<String> other = state.live().flatMap(live -> NightRefusal.of(context, live));
    report.work(context, state, diff, other);
    if (other.isPresent()) {
      return List.of();
    }
    if (state.isUpToDate(diff.listing())) {
      console.say(
          "  nothing to do: generation %d is up to date%s",
          state.live().orElseThrow().number(),
          diff.toDescribe().again() == 0
              ? ""
              : "; `" + context.line("retry") + "` would try the unreachable images again");
      return List.of();
    }
    Workload night = Workload.next(context, state, diff);
    List<StageEstimate> stages = estimates.of(night);
    report.table(stages);
    report.assumptions(stages);
    notes(state, estimates, night);
    console.say("  index: %s", night.shape());
    return stages;
  }

  private void notes(NightState state, Estimates estimates, Workload night) {
    estimates.notes(night).forEach(note -> console.say("  %s", note));
    if (ExecutorExtractors.Options.meanGpus(context)) {
      BatchSize.warnWhereGpusWait(console, state.extractor().spec().batchSize());
    }
  }

  /** An index of so many images, and a night of it. */
  private void index(NightState state, RowSizes sizes, Estimates estimates, PlanReport report) {
    ShardLayout layout = ShardLayout.wanted(settings, context.store(), Generation.index(context));
    IndexShape shape = IndexShape.fresh(settings, state.dimension(), images, layout);
    console.say(
        "plan for an index of %,d images: descriptors of %,d components, vectors of %,d",
        images, state.dimension(), shape.dimension());
    console.say("  index: %s", shape);
    console.say("\nto make it; what is written is what the store then holds");
    Workload first = Workload.first(context, state.extractor(), images, shape);
    report.table(estimates.of(first));
    console.say(
        "\na night of %.1f %% added, %.1f %% changed and %.1f %% removed; compactions in the mean"
            + " of many nights",
        100 * Workload.ADDED, 100 * Workload.CHANGED, 100 * Workload.REMOVED);
    List<StageEstimate> night =
        estimates.of(Workload.usual(context, state.extractor(), images, shape));
    report.table(night);
    report.assumptions(night);
    notes(state, estimates, first);
    console.say(
        "  bytes of a row: snapshot %.0f, descriptor %.0f, vector %.0f, %s",
        sizes.snapshot(),
        sizes.descriptor(),
        sizes.vector(shape.dimension()),
        sizes.measured() ? "measured in this store" : "assumed: the store has none yet");
    console.say("  no image is rejected; how many bytes an image has only a catalogue can tell");
  }
}
