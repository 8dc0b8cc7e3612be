package dev.remap.jobs.upkeep.status;

import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.rerank.PreparedName;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.RejectReasons.Reason;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.TunedPoints;
import dev.remap.jobs.upkeep.status.Status.ChainState;
import dev.remap.jobs.upkeep.status.Status.GenerationState;
import dev.remap.jobs.upkeep.status.Status.IndexState;
import dev.remap.jobs.upkeep.status.Status.LayerState;
import dev.remap.jobs.upkeep.status.Status.TableState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Prints a status for people. What depends on times comes last.
 *
 * @param line gives another command as it is to be run
 */
record StatusTables(Console console, Status status, Function<String, CommandText> line) {
  private static final int REASONS = 10;
  private static final int FAILURE_LENGTH = 80;

  /** What is there, and how deep its layers lie. */
  void holdings() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("what", "from", "state", "images", "rows", "bytes"));
    status.tables().forEach(table -> layers(status, table, rows));
    status
        .weights()
        .forEach(
            weights ->
                rows.add(
                    List.of(
                        "weights " + weights.id(),
                        weights.labels(),
                        "",
                        "",
                        "",
                        Console.bytes(weights.bytes()))));
    status
        .regionWhitenings()
        .forEach(
            whitening ->
                rows.add(
                    List.of(
                        "region whitening " + whitening.id(),
                        "regions for " + whitening.aggregator(),
                        "",
                        "",
                        "",
                        Console.bytes(whitening.bytes()))));
    status
        .quantizers()
        .forEach(
            quantizer ->
                rows.add(
                    List.of(
                        "quantizer " + quantizer.id(),
                        "whitening " + quantizer.whitening(),
                        quantizer.spec(),
                        "",
                        "",
                        Console.bytes(quantizer.bytes()))));
    status.indexes().forEach(index -> generations(index, rows));
    console.say("store %s", status.root());
    console.table(rows);
    status.indexes().forEach(this::whatIsNotLive);
    status.lagging().forEach(this::whatIsStale);
    chains();
  }

  /** What is newer than the live generation, and what makes it live. */
  private void whatIsNotLive(IndexState index) {
    index
        .displaced()
        .ifPresent(
            displaced ->
                console.say(
                    "  WARNING: %s. The next reindex goes on from it; `%s` mends it now",
                    displaced.text(), displaced.mendedBy()));
    index.shown().stream()
        .reduce((earlier, newest) -> newest)
        .filter(newest -> newest.state().equals(Status.UNPUBLISHED))
        .ifPresent(
            newest ->
                console.say(
                    "  generation %s of '%s' is complete and was never live: `%s` judges it",
                    newest.layer().title(), index.name(), publishing(index)));
  }

  private void whatIsStale(TableState table) {
    PreparedName name = PreparedName.parse(table.id());
    int live = status.live(table).orElseThrow();
    GraphName graph = name.graph();
    boolean hasGraph = status.hasGraph(graph.id(), live);
    CommandText prepare = ofLive("prepare", graph, live);
    console.say(
        "  %s is not of the live generation, %d, and its searches do without it: %s`%s` prepares it",
        table.title(),
        live,
        hasGraph ? "" : "`" + knn(graph, live) + "` makes its graph, and then ",
        (hasGraph ? prepare.with("--graph", graph.id()) : prepare).with("--rerank", name.method()));
  }

  private CommandText knn(GraphName graph, int live) {
    return ofLive("knn", graph, live).with("-k", graph.k()).with("--depth", graph.depth());
  }

  private CommandText ofLive(String command, GraphName graph, int live) {
    return line.apply(command).with("--name", graph.index()).with("--generation", live);
  }

  private CommandText publishing(IndexState index) {
    return line.apply("publish").with("--name", index.name());
  }

  private static void layers(Status status, TableState table, List<List<String>> rows) {
    TableKind kind = TableKind.ofFolder(table.kind()).orElseThrow();
    String what =
        switch (kind) {
          case SNAPSHOTS -> "snapshot ";
          case DESCRIPTORS, VECTORS, SHARDS -> table.kind() + " of snapshot ";
          case GRAPHS -> "k-NN graph of generation ";
          case DUPLICATES -> "duplicates of generation ";
          case CLEANED -> "cleaned labels of generation ";
          case AUGMENTED -> "augmented vectors of generation ";
          case FLOWS -> "flows of generation ";
        };
    String from =
        switch (kind) {
          case SNAPSHOTS -> "catalogue";
          case DESCRIPTORS -> "extractor " + table.id();
          case VECTORS -> "whitening " + table.id();
          case SHARDS, GRAPHS, DUPLICATES, CLEANED, AUGMENTED, FLOWS -> table.id();
        };
    if (table.earlier() > 0) {
      rows.add(
          List.of(
              number(table.earlier()) + " earlier layers of " + table.kind(),
              from,
              "",
              "",
              "",
              ""));
    }
    for (LayerState layer : table.newest()) {
      String state = status.isStale(table, layer) ? "stale" : "complete";
      rows.add(row(what + layer.title(), from, layer.complete() ? state : null, layer));
    }
  }

  private static List<String> row(String what, String from, String state, LayerState layer) {
    return List.of(
        what,
        from,
        state == null ? layer.progress() : state,
        layer.images().isPresent() ? number(layer.images().getAsLong()) : "",
        layer.complete() ? number(layer.rows()) : "",
        layer.complete() ? Console.bytes(layer.bytes()) : "");
  }

  private static void generations(IndexState index, List<List<String>> rows) {
    if (index.earlier() > 0) {
      rows.add(
          List.of(
              number(index.earlier()) + " earlier generations of index " + index.name(),
              "",
              "",
              "",
              "",
              ""));
    }
    for (GenerationState generation : index.shown()) {
      rows.add(
          row(
              "index "
                  + index.name()
                  + ", generation "
                  + generation.layer().title()
                  + (generation.duplicates().isPresent()
                      ? " without " + number(generation.duplicates().getAsLong()) + " duplicates"
                      : ""),
              "quantizer "
                  + generation.quantizer()
                  + generation.tuned().map(point -> ", " + words(point)).orElse(""),
              generation.state(),
              generation.layer()));
    }
  }

  private static String words(TunedPoints.Point point) {
    return "searched with "
        + point.probing()
        + (point.depth() == 0 ? "" : " and " + point.rerank())
        + (point.queries().isEmpty() ? " (tune)" : " (tune by " + point.queries() + ")");
  }

  private void chains() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("table", "snapshot", "layers", "lowest", "rows above", "share", "compaction"));
    for (TableState table : status.tables()) {
      Optional<ChainState> chain = table.chain().filter(found -> found.layers() > 1);
      chain.ifPresent(found -> rows.add(row(table, found)));
    }
    if (rows.size() > 1) {
      console.say("");
      console.table(rows);
    }
  }

  private static List<String> row(TableState table, ChainState chain) {
    return List.of(
        table.title(),
        Integer.toString(chain.number()),
        Integer.toString(chain.layers()),
        number(chain.base()),
        number(chain.deltas()),
        String.format(Locale.ROOT, "%.1f %%", 100 * chain.share()),
        chain.due() ? "due" : "not due");
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** What the catalogue has beside what is listed, by reason. */
  void leftOut() {
    List<LeftOut.Reason> reasons = status.leftOut().map(LeftOut::reasons).orElse(List.of());
    if (!reasons.isEmpty()) {
      console.say("\nleft out when the catalogue was last listed");
      reasons.forEach(
          reason ->
              console.say(
                  "  %,8d  %s%s",
                  reason.total(),
                  reason.words(),
                  reason.details().isEmpty() ? "" : ": " + reason.examples()));
    }
  }

  /** What the last listing could not look at. */
  void outOfReach() {
    if (status.outOfReach() > 0) {
      console.say(
          "\n"
              + "%,d images could not be reached when the catalogue was last listed, and are taken"
              + " as they were, or rejected",
          status.outOfReach());
    }
  }

  /** The rejected images of a table, by kind, stage and reason. */
  void rejects() {
    for (RejectSummary summary : status.rejects()) {
      if (summary.isEmpty()) {
        continue;
      }
      console.say("\n%s", title(summary));
      if (summary.unread() != null) {
        console.say(
            "  %,d rows in %,d files, too many to sum up here",
            summary.unread().rows(), summary.unread().segments());
      }
      summary.groups().forEach((group, images) -> group(summary, group, images));
      console.say("  one by one: `%s`", line.apply("status").with("--rejects"));
    }
  }

  /** What a list of rejected images is called. */
  static String title(RejectSummary summary) {
    return String.format(
        Locale.ROOT,
        summary.source().state() == RejectSummary.State.COMPLETE
            ? "rejected images of snapshot %d, by extractor %s"
            : "rejected while snapshot %d was described, by extractor %s: done, and not accepted"
                + " yet",
        summary.source().snapshot(),
        summary.source().extractor());
  }

  private void group(RejectSummary summary, String group, long images) {
    console.say("  %,8d  %s", images, group);
    List<Reason> reasons =
        summary.reasons().stream().filter(reason -> reason.group().equals(group)).toList();
    for (Reason reason : reasons.subList(0, Math.min(REASONS, reasons.size()))) {
      console.say(
          "  %,12d  %s%s",
          reason.images(),
          reason.reason(),
          reason.attempts() > reason.images()
              ? String.format(Locale.ROOT, " (%,d attempts)", reason.attempts())
              : "");
    }
    if (reasons.size() > REASONS) {
      long rest = reasons.subList(REASONS, reasons.size()).stream().mapToLong(Reason::images).sum();
      console.say("  %,12d  %,d more reasons", rest, reasons.size() - REASONS);
    }
  }

  /** What was published when, what ran, how the last plan went, and what comes next. */
  void times() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("index", "generation", "state", "published", "checks", "snapshot", "shards"));
    for (IndexState index : status.indexes()) {
      index.shown().forEach(generation -> rows.add(row(index.name(), generation)));
    }
    if (rows.size() > 1) {
      console.say("\ngenerations");
      console.table(rows);
    }
    runs();
    status.hindsight().ifPresent(hindsight -> hindsight.print(console));
    night();
  }

  private static List<String> row(String index, GenerationState generation) {
    return List.of(
        index,
        generation.layer().title(),
        generation.state(),
        generation.published().map(StatusTables::time).orElse("–"),
        generation.grounds().orElse("–"),
        generation.snapshot().map(number -> Integer.toString(number)).orElse("–"),
        number(generation.layer().units())
            + (generation.layout() == ShardLayout.LIST ? " of lists" : ""));
  }

  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void runs() {
    if (status.lastRuns().isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("started", "command", "job", "took", "result"));
    for (RunHistory.Run run : status.lastRuns()) {
      rows.add(
          List.of(
              time(run.at()),
              run.command(),
              run.start().command(),
              run.end().isPresent() ? Console.seconds(run.milliseconds() / 1000.0) : "–",
              result(run)));
    }
    console.say("\nlast runs");
    console.table(rows);
  }

  private static String result(RunHistory.Run run) {
    if (run.end().isEmpty()) {
      return "no end: at work, or killed";
    }
    String failure = run.end().flatMap(RunEnd::failure).orElse("done");
    String line = failure.lines().findFirst().orElse("failed");
    return line.length() <= FAILURE_LENGTH ? line : line.substring(0, FAILURE_LENGTH) + "…";
  }

  private void night() {
    console.say("\nthe next reindex would");
    Outlook.of(status, line).sentences(line).forEach(sentence -> console.say("  %s", sentence));
    console.say(
        "  see what has changed in the catalogue, and what it takes: `%s` tells",
        line.apply("plan"));
  }
}
