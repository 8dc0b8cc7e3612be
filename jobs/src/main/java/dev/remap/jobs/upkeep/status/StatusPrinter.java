package dev.remap.jobs.upkeep.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.table.RejectReasons;
import java.util.Locale;

/** Reads the store and tells what is in it; changes nothing and needs no Spark. */
public final class StatusPrinter {
  private final JobContext context;
  private final Detail detail;

  /** How much is told, and how. */
  public enum Detail {
    /** Tables for people. */
    SUMMARY,
    /** As the summary, with every rejected image. */
    REJECTS,
    /** One JSON object. */
    JSON
  }

  public StatusPrinter(JobContext context, Detail detail) {
    this.context = context;
    this.detail = detail;
  }

  /** All that {@code status --json} tells. */
  public static ObjectNode json(JobContext context) {
    return StatusJson.of(new StatusReader(context).read(), context::line);
  }

  /** Prints what is in the store. */
  public void execute() {
    Console console = context.console();
    if (detail == Detail.JSON) {
      console.json(json(context).toPrettyString());
      return;
    }
    Status status = new StatusReader(context).read();
    StatusTables tables = new StatusTables(console, status, context::line);
    tables.holdings();
    tables.leftOut();
    tables.outOfReach();
    if (detail == Detail.SUMMARY) {
      tables.rejects();
    } else {
      status.rejects().stream().filter(summary -> !summary.isEmpty()).forEach(this::oneByOne);
    }
    tables.times();
  }

  /** Reads them once more: there may be too many to keep. */
  private void oneByOne(RejectSummary summary) {
    context.console().say("\n%s", StatusTables.title(summary));
    summary.source().read(context.store(), this::say);
  }

  private void say(RejectRow row) {
    context
        .console()
        .say(
            "  %s  %s/%s: %s%s",
            row.imageId(),
            RejectReasons.kind(row),
            row.stage(),
            row.reason(),
            row.attempts() > 1
                ? String.format(Locale.ROOT, " (%,d attempts)", row.attempts())
                : "");
  }
}
