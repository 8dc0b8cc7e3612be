package dev.remap.jobs.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.run.RunEnd;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command did, for programs: one JSON object at its end, with the books of its jobs and the
 * tables that it would print for people.
 */
final class JsonReport {
  private static final String WHOLE = "-?\\d{1,3}(,\\d{3})*|-?\\d{1,15}";
  private static final String NUMBER = "-?\\d{1,15}\\.\\d{1,15}";

  private final PrintStream out;
  private final List<RunEnd> jobs = new ArrayList<>();
  private final ArrayNode tables = Json.object().arrayNode();

  /**
   * A report that is not printed yet.
   *
   * @param out where it goes
   */
  JsonReport(PrintStream out) {
    this.out = out;
  }

  /** The console of such a command: what is said for people goes where programs do not read. */
  Console console() {
    return new Console(System.err, this::table);
  }

  synchronized void ended(RunEnd job) {
    jobs.add(job);
  }

  private synchronized void table(List<List<String>> table) {
    List<String> header = table.get(0);
    ArrayNode rows = tables.addArray();
    String first = "";
    for (List<String> cells : table.subList(1, table.size())) {
      ObjectNode row = rows.addObject();
      // People see what is the same as above by its absence.
      first = cells.get(0).isEmpty() ? first : cells.get(0);
      put(row, header.get(0), first);
      for (int i = 1; i < header.size(); i++) {
        put(row, header.get(i), cells.get(i));
      }
    }
  }

  /** Numbers as numbers, and null for what there is not. */
  private static void put(ObjectNode row, String name, String given) {
    String cell = given.matches("\\+\\d.*") ? given.substring(1) : given;
    if (cell.equals("–")) {
      row.putNull(name);
    } else if (cell.matches(WHOLE)) {
      row.put(name, Long.parseLong(cell.replace(",", "")));
    } else if (cell.matches(NUMBER)) {
      row.put(name, Double.parseDouble(cell));
    } else {
      row.put(name, given);
    }
  }

  synchronized void print(String command) {
    ObjectNode node = Json.object().put("command", command);
    ArrayNode all = node.putArray("jobs");
    for (RunEnd job : jobs) {
      ObjectNode one = all.addObject().put("run", job.run());
      job.failure().ifPresent(sentence -> one.put("failure", sentence));
      Json.putCounts(one.putObject("counts"), job.counts());
      Json.putCounts(one.putObject("milliseconds"), job.milliseconds());
    }
    node.set("tables", tables);
    new Console(out).json(node.toPrettyString());
  }
}
