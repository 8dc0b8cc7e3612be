package dev.remap.jobs.report;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.publish.PublicationHistory;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.upkeep.status.StatusPrinter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the page about the live generation of an index; changes nothing in the store. */
public final class Report {
  private final JobContext context;
  private final PageFile file;

  /**
   * @param file that is written, or written anew
   */
  public Report(JobContext context, Path file) {
    this.context = context;
    this.file = new PageFile("--out", file);
  }

  /**
   * Writes it.
   *
   * @throws InputException if there is no place for the file
   */
  public void execute() {
    file.requirePlace();
    long bytes = file.write(Page.of("page.mustache", model()));
    context
        .console()
        .say(
            "report of index '%s': %s (%s)",
            Generation.index(context), file.path(), Console.bytes(bytes));
  }

  private Map<String, Object> model() {
    Generation live = Generation.live(context);
    List<Published> log = PublicationHistory.of(context.store(), live.index()).log();
    boolean pictures = context.settings().flag("report.pictures") && !live.isGiven(context.store());
    Thumbnails thumbnails = new Thumbnails(context, live.vectors().snapshot());
    Map<String, Object> model = new HashMap<>();
    model.put("index", live.index());
    model.put("store", context.store().root());
    model.put("generation", live.number());
    model.put("snapshot", live.vectors().snapshot());
    model.put("images", count(new Snapshots(context.store()).images(live.vectors().snapshot())));
    model.put("entries", count(live.entries(context.store())));
    model.put("extractor", live.inputs().extractor());
    model.put("made", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    model.put("run", new RunPart(context).of(live, StatusPrinter.json(context)));
    model.put("retrieval", new RetrievalPart(context, live, pictures, thumbnails).of());
    model.put("statistics", new StatisticsPart(context, live, pictures, thumbnails).of(log));
    model.put("gate", GatePart.of(log));
    return model;
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
