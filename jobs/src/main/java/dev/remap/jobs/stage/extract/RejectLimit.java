package dev.remap.jobs.stage.extract;

import dev.remap.jobs.catalogue.embedding.VectorUri;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.RejectReasons;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many of the images that an extraction tried may be rejected.
 *
 * @param retry the command that tries unreachable images again
 * @param rejects the command that lists what was rejected
 * @param most share of them
 * @param few so many in any case
 * @param mostUnanswered share of them that storage may not have answered for
 * @param fewUnanswered so many in any case
 */
record RejectLimit(
    Store store,
    CommandText retry,
    CommandText rejects,
    double most,
    double few,
    double mostUnanswered,
    long fewUnanswered) {
  /** Of the few images of a night, a few may be bad. */
  private static final double FEW = 10;

  /** Keys are hashes, so the first ones are a fair sample. */
  private static final int MOST_READ = 1_000_000;

  private static final int MOST_REASONS = 5;

  static RejectLimit of(JobContext context, ExtractionInput.Source source) {
    double most = context.settings().number("extract.max-reject-ratio", 0, 1);
    return new RejectLimit(
        context.store(),
        context.line("retry"),
        context.line("status").with("--rejects"),
        most,
        source.isDelta() ? FEW : 0,
        context.settings().number("extract.max-access-ratio", 0, 1),
        context.settings().integer("extract.access-allowance", 0, Integer.MAX_VALUE));
  }

  /** Throws a {@link JobFailedException} with the most frequent reasons if there are too many. */
  void check(Ledger layer) {
    Map<String, Long> counts = layer.counts();
    // What was known to be bad says nothing about tonight's images.
    long again = counts.getOrDefault("again", 0L);
    long rejected = counts.getOrDefault("rejected", 0L) - again;
    long tried = counts.getOrDefault("listed", 0L) - again;
    long unanswered = counts.getOrDefault(ExtractTask.UNANSWERED, 0L);
    if (unanswered > Math.max((double) fewUnanswered, mostUnanswered * (double) tried)) {
      throw new JobFailedException(
          "%,d of %,d images could not be reached, or not in the memory and time there are: more"
              + " than extract.max-access-ratio (%s) allows. Is their storage up? What was reached"
              + " is described and committed. Raising the ratio finishes without the others at once, and `%s` or the next night tries them"
              + " again.%s",
          unanswered, tried, mostUnanswered, retry, examples(layer));
    }
    if (rejected > Math.max(few, most * (double) tried)) {
      throw new JobFailedException(
          "%,d of %,d images were rejected, more than extract.max-reject-ratio (%s) allows. See"
              + " `%s`; the descriptors are committed, so raising the ratio finishes at once.%s",
          rejected, tried, most, rejects, examples(layer));
    }
  }

  private Plain.Lines examples(Ledger layer) {
    RejectReasons reasons = new RejectReasons();
    long looked = 0;
    try (TableReader<RejectRow> rows =
        new Table<>(store, RowFormat.rejects(), List.of(layer))
            .read(KeyRange.ALL, Verification.LENGTH)) {
      for (int read = 0; read < MOST_READ && rows.hasNext(); read++) {
        RejectRow row = rows.next();
        if (row.attempts() == 1) {
          reasons.add(row);
          looked++;
        }
      }
    }
    List<RejectReasons.Reason> sorted = reasons.sorted();
    if (sorted.isEmpty()) {
      return new Plain.Lines(List.of());
    }
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, " Most often, of %,d looked at:", looked));
    sorted.stream().limit(MOST_REASONS).map(RejectLimit::example).forEach(lines::add);
    if (sorted.size() > MOST_REASONS) {
      lines.add(String.format(Locale.ROOT, "and %,d more reasons", sorted.size() - MOST_REASONS));
    }
    return new Plain.Lines(lines);
  }

  private static String example(RejectReasons.Reason reason) {
    RejectRow image = reason.example();
    return String.format(
        Locale.ROOT,
        "%,8d  %s, such as %s (%s): %s",
        reason.images(),
        reason.group(),
        image.imageId(),
        VectorUri.shown(image.uri()),
        image.reason());
  }
}
