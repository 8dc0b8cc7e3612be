package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.ClusterSlots;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.run.RunLog;
import dev.remap.jobs.store.Store;
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
  private final Long images;

  /**
   * @param images to plan an index of; null to plan the next night by the settings' catalogue
   */
  public NightPlanner(JobContext context, Long images) {
    this.context = context;
    this.settings = context.settings();
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
    Cost cost = Cost.of(settings);
    int executors = settings.integer("plan.executors", 0, 1_000_000);
    RunHistory history = RunHistory.of(context.store());
    NightState outset = NightState.of(context);
    CatalogueDiff survey = images == null ? CatalogueDiff.of(context, outset) : null;
    ClusterSlots now = ClusterSlots.of(context);
    ClusterSlots offer = executors == 0 ? now : new ClusterSlots(executors, now.tasksEach());
    RowSizes sizes = RowSizes.of(outset);
    Estimates estimates = new Estimates(settings, outset.extractor(), offer, history, sizes);
    if (survey == null) {
      new Capacity(context, outset, estimates, sizes, offer, cost).print(images);
      return new Counts().add("images", images);
    }
    List<StageEstimate> stages = night(outset, survey, estimates, offer, cost);
    PlanAccuracy.of(history).ifPresent(hindsight -> hindsight.print(context.console()));
    return PlanAccuracy.books(stages);
  }

  private List<StageEstimate> night(
      NightState outset, CatalogueDiff survey, Estimates estimates, ClusterSlots offer, Cost cost) {
    PlanReport report = new PlanReport(context, outset, survey);
    report.work();
    if (isUpToDate(outset, survey)) {
      report.nothing();
      return List.of();
    }
    Workload night = new WorkloadEstimator(context, outset, survey).size();
    List<StageEstimate> stages = estimates.of(night);
    StageTable table = new StageTable(context.console(), stages, offer, cost);
    table.print();
    table.assumptions(offered(settings));
    report.besides(night);
    return stages;
  }

  static String offered(Settings settings) {
    return settings.integer("plan.executors") > 0
        ? "plan.executors"
        : "what the Spark master offers now";
  }

  /** Whether a night would find nothing to do. */
  private static boolean isUpToDate(NightState outset, CatalogueDiff survey) {
    Optional<Integer> live = outset.live().map(generation -> generation.vectors().snapshot());
    return live.isPresent() && live.equals(outset.newest()) && outset.isListed(survey.digest());
  }
}
