package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.snapshot.ChangeLimits;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.upkeep.plan.ChangeCounts.Count;

/** Says what a catalogue asks of the next night. */
record PlanReport(JobContext context, NightState outset, CatalogueDiff survey) {

  /** What there is to do. */
  void work() {
    ChangeCounts work = survey.work();
    Console console = context.console();
    console.say(
        "plan for index '%s' by catalogue %s", Generation.index(context), survey.catalogue());
    if (outset.newest().isEmpty()) {
      console.say("  %,d images listed; the store has no snapshot yet", work.of(Count.LISTED));
    } else {
      console.say(
          "  %,d images listed: %,d added, %,d changed, %,d removed since snapshot %d",
          work.of(Count.LISTED),
          work.of(Count.ADDED),
          work.of(Count.CHANGED),
          work.of(Count.REMOVED),
          outset.newest().get());
      objection(outset.newest().get());
    }
    if (!survey.leftOut().isEmpty()) {
      console.say("  %s", survey.leftOut());
    }
    console.say(
        "  to do: %,d images to describe, %,d unreachable ones to try again, %,d to take out; %,d"
            + " stay rejected",
        work.of(Count.DESCRIBE),
        work.of(Count.AGAIN),
        work.of(Count.GONE),
        work.of(Count.REJECTED));
    outset.live().ifPresent(this::compareExtractors);
  }

  /** What a snapshot would refuse, unless a run with other settings has begun it. */
  private void objection(int before) {
    if (outset.begun(survey.digest()).isPresent()) {
      return;
    }
    long images = new Snapshots(context.store()).images(before);
    long removed = survey.work().of(Count.REMOVED);
    long changed = survey.work().of(Count.CHANGED);
    ChangeLimits.of(context.settings())
        .objection(before, images, removed, changed)
        .ifPresent(why -> context.console().say("  WARNING: reindex refuses that: %s", why));
  }

  private void compareExtractors(Generation live) {
    if (!outset.extractor().id().equals(live.inputs().extractor())) {
      context
          .console()
          .say(
              "  WARNING: generation %d, which is live, is by extractor %s, and the settings"
                  + " describe %s: reindex refuses that; give the settings of the live one, or"
                  + " another --name",
              live.number(), live.inputs().extractor(), outset.extractor().id());
    }
  }

  /** That there is nothing to do. */
  void nothing() {
    long again = survey.work().of(Count.AGAIN);
    context
        .console()
        .say(
            "  nothing to do: generation %d is up to date%s",
            outset.live().orElseThrow().number(),
            again == 0
                ? ""
                : "; `" + context.line("retry") + "` would try the unreachable images again");
  }

  /** What the stages' table does not say. */
  void besides(Workload night) {
    context
        .console()
        .say(
            "  storage: an image takes two reads beside the objects above, its status and its"
                + " bytes: %,d",
            2 * night.extract().rows());
    context.console().say("  index: %s", night.shape());
  }
}
