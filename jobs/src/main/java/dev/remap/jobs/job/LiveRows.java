package dev.remap.jobs.job;

import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.segment.HeaderRow;
import dev.remap.jobs.store.segment.LayeredRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import java.io.Serializable;

/** Counts the keys that a table has at one number: those whose newest row is a put. */
public final class LiveRows {
  /** Headers are some ten bytes a row. */
  public static final long ROWS_PER_TASK = 1 << 22;

  private LiveRows() {}

  /** Makes a table's format where it is needed: formats do not travel. */
  @FunctionalInterface
  public interface Format extends Serializable {
    RowFormat<? extends LayeredRow> make();
  }

  public static long count(JobContext context, Chain chain, Format format) {
    return chain.isFlat()
        ? chain.storedRows(context.store(), format.make().table())
        : puts(context, chain, format);
  }

  /** As {@link #count}, of layers that lie above others: there, also a single one has deletes. */
  public static long puts(JobContext context, Chain chain, Format format) {
    return context.remembered(chain, format.make().table(), () -> counted(context, chain, format));
  }

  private static long counted(JobContext context, Chain chain, Format format) {
    long stored = chain.storedRows(context.store(), format.make().table());
    return new Units(context, "rows")
            .run(
                Cuts.even(stored, ROWS_PER_TASK),
                0,
                (unit, task) -> {
                  long rows = 0;
                  try (TableReader<HeaderRow> reader =
                      chain
                          .table(task.store(), RowFormat.headers(format.make()))
                          .read(unit.range(), Verification.LENGTH)) {
                    for (; reader.hasNext(); reader.next()) {
                      rows++;
                    }
                  }
                  return rows;
                })
            .stream()
            .mapToLong(Long::longValue)
            .sum();
  }
}
