package dev.remap.jobs.upkeep.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What {@code status} tells of the rejects of a store.
 *
 * @param said to a person
 * @param json of the first table of descriptors
 */
public record RejectsTold(String said, JsonNode json) {
  /**
   * Reads the store.
   *
   * @param mostRows that are summed up
   */
  public static RejectsTold of(JobContext context, int mostRows) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Console console = new Console(new PrintStream(said, true, StandardCharsets.UTF_8));
    Status status = new StatusReader(context, mostRows).read();
    new StatusTables(console, status, CommandText::of).rejects();
    return new RejectsTold(
        said.toString(StandardCharsets.UTF_8),
        StatusJson.of(status, context::line).get("rejects").get(0));
  }
}
