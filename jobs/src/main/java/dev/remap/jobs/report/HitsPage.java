package dev.remap.jobs.report;

import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.SearchJob;
import dev.remap.jobs.report.Thumbnails.Thumbnail;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** A page with what queries found, as pictures; every hit is on it, whether it has one or not. */
public final class HitsPage {
  /** Some MB: what a browser still opens at once. */
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private static final int MOST_PICTURES = 1_000;

  private final JobContext context;
  private final PageFile file;
  private int pictures;

  /**
   * @param file that is written, or written anew
   * @throws InputException if there is no place for it
   */
  public HitsPage(JobContext context, Path file) {
    this.context = context;
    this.file = new PageFile("--html", file);
    this.file.requirePlace();
  }

  private long lastLine = System.nanoTime();

  record Query(String name, String failure, Thumbnail picture, List<Hit> hits) {}

  record Hit(int rank, String imageId, String measured, Thumbnail picture) {}

  /** Writes it, and says so. */
  public void write(SearchJob.Found found, Console console) {
    long bytes = file.write(Page.of("hits.mustache", model(found)));
    console.say("\nhits as pictures: %s (%s)", file.path(), Console.bytes(bytes));
  }

  private Map<String, Object> model(SearchJob.Found found) {
    Generation generation = found.generation();
    Metric metric = generation.metric(context.store());
    String without = without(generation);
    Thumbnails thumbnails = new Thumbnails(context, generation.vectors().snapshot());
    List<Query> queries = new ArrayList<>();
    for (SearchJob.Answer answer : found.answers()) {
      List<Hit> hits = new ArrayList<>();
      Thumbnail query = picture(without, () -> thumbnails.ofFile(answer.path()));
      for (SearchJob.Hit hit : answer.hits()) {
        hits.add(
            new Hit(
                hits.size() + 1,
                hit.imageId(),
                String.format(Locale.ROOT, "%.4f", hit.measured()),
                picture(without, () -> thumbnails.of(hit.key()))));
      }
      String failure = answer.failure() == null ? "" : answer.failure();
      queries.add(new Query(answer.path(), failure, query, hits));
    }
    Map<String, Object> model = new HashMap<>();
    model.put("index", generation.index());
    model.put("generation", generation.number());
    model.put("entries", String.format(Locale.ROOT, "%,d", generation.entries(context.store())));
    model.put("how", found.how());
    model.put("store", context.store().root());
    model.put("made", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    model.put("measure", metric.measure());
    model.put("note", note(without));
    model.put("queries", queries);
    return model;
  }

  /** Why there are no pictures at all; empty if there are. */
  private String without(Generation generation) {
    if (generation.isGiven(context.store())) {
      return "a vector";
    }
    return context.settings().flag("report.pictures") ? "" : "pictures are off";
  }

  private String note(String without) {
    return switch (without) {
      case "" ->
          pictures <= MOST_PICTURES
              ? ""
              : "The first %,d pictures are shown, the other %,d left out."
                  .formatted(MOST_PICTURES, pictures - MOST_PICTURES);
      case "a vector" -> "The index is one of vectors that were given: there are no pictures.";
      default -> "Pictures are left out: the setting report.pictures is off.";
    };
  }

  private Thumbnail picture(String without, Supplier<Thumbnail> made) {
    if (!without.isEmpty()) {
      return new Thumbnail("", without);
    }
    if (++pictures > MOST_PICTURES) {
      return new Thumbnail("", "left out");
    }
    long now = System.nanoTime();
    if (now - lastLine >= LINE_EVERY_NANOS) {
      lastLine = now;
      context.console().say("  %s so far for the page", Console.count(pictures, "picture"));
    }
    return made.get();
  }
}
