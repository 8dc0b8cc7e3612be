package dev.remap.jobs.job.plan;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.job.Books;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.Offer;
import dev.remap.jobs.job.RunHistory;
import dev.remap.jobs.job.RunLog;
import dev.remap.jobs.store.Store;
import java.util.List;
import java.util.Optional;

/**
 * Tells what the next night would do and take, before anything runs, or what an index of many
 * images would. Nothing but the record of the plan itself is written, and that only where there is
 * a store.
 */
public final class PlanJob {
  private static final long MOST_IMAGES = 1_000_000_000_000L;

  private final JobContext context;
  private final Settings settings;
  private final Long images;

  /**
   * @param images to plan an index of; null to plan the next night by the settings' catalogue
   */
  public PlanJob(JobContext context, Long images) {
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
    RunLog log = RunLog.start(context, Hindsight.PLAN);
    try {
      log.succeeded(plan());
    } catch (RuntimeException e) {
      log.failed(e);
      throw e;
    }
  }

  private Books plan() {
    Cost cost = Cost.of(settings);
    int executors = settings.integer("plan.executors", 0, 1_000_000);
    RunHistory history = RunHistory.of(context.store());
    Outset outset = Outset.of(context);
    Survey survey = images == null ? Survey.of(context, outset) : null;
    Offer now = Offer.of(context);
    Offer offer = executors == 0 ? now : new Offer(executors, now.tasksEach());
    RowSizes sizes = RowSizes.of(outset);
    Estimates estimates = new Estimates(settings, outset.extractor(), offer, history, sizes);
    if (survey == null) {
      new Capacity(context, outset, estimates, sizes, offer, cost).print(images);
      return new Books().add("images", images);
    }
    List<StageEstimate> stages = night(outset, survey, estimates, offer, cost);
    Hindsight.of(history).ifPresent(hindsight -> hindsight.print(context.console()));
    return Hindsight.books(stages);
  }

  private List<StageEstimate> night(
      Outset outset, Survey survey, Estimates estimates, Offer offer, Cost cost) {
    PlanReport report = new PlanReport(context, outset, survey);
    report.work();
    if (isUpToDate(outset, survey)) {
      report.nothing();
      return List.of();
    }
    NightSize night = new NightSizing(context, outset, survey).size();
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
  private static boolean isUpToDate(Outset outset, Survey survey) {
    Optional<Integer> live = outset.live().map(generation -> generation.vectors().snapshot());
    return live.isPresent() && live.equals(outset.newest()) && outset.isListed(survey.digest());
  }
}
