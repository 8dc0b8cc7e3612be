package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.RunLog;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledgers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds what no kept generation reaches, what is older than the grace period and of no living run,
 * and deletes it if asked to. Works folder by folder, on the driver alone; a run that was killed is
 * finished by the next.
 *
 * <p>What is reached is found out first. A generation that is published meanwhile is noticed before
 * each folder's deletion, and then nothing more goes. What goes is claimed before that look, so
 * that whoever publishes it, or makes something in it count, notices, see {@link GcSweep}.
 */
public final class GarbageCollection {
  private static final int PAGE = 1000;

  private final JobContext context;
  private final Store store;
  private final Console console;
  private final Mode mode;
  private final Detail detail;
  private final Consumer<String> reached;
  private final GcTally tally = new GcTally();

  /** What to do about garbage. */
  public enum Mode {
    LOOK,
    DELETE
  }

  /** How much is told. */
  public enum Detail {
    SUMMARY,
    PATHS
  }

  public GarbageCollection(JobContext context, Mode mode, Detail detail) {
    this(context, mode, detail, KillPoint::reach);
  }

  /**
   * Collects, or only says what it would.
   *
   * @param reached is told the names of the fault points that the job comes to
   */
  public GarbageCollection(JobContext context, Mode mode, Detail detail, Consumer<String> reached) {
    this.context = context;
    this.store = context.store();
    this.console = context.console();
    this.mode = mode;
    this.detail = detail;
    this.reached = reached;
  }

  /** Tells what is garbage, or deletes it. */
  public void execute() {
    // Before the first heartbeat, whose folder may be one.
    store.tree().requireNoLinks();
    if (mode == Mode.LOOK) {
      run();
      return;
    }
    RunLog log = RunLog.start(context, "gc");
    try {
      run();
      log.succeeded(
          new Counts().add("files", tally.garbage().files()).add("bytes", tally.garbage().bytes()));
    } catch (RuntimeException e) {
      log.failed(e);
      throw e;
    } finally {
      Ledgers.forget();
    }
  }

  private void run() {
    int before = context.settings().integer("gc.keep-generations", 0, 1_000_000);
    Duration keepRuns = context.settings().duration("gc.keep-runs", Duration.ZERO);
    GcAge age = GcAge.of(context);
    console.say("gc %s", store.root());
    GcRoots roots = new GcRoots(age, before);
    tellKept(age, roots);
    reached.accept("gc.roots-found");
    new GcScan(age, roots, context.run(), keepRuns.toMillis(), folder -> take(folder, roots)).run();
    tell(age);
  }

  private void tellKept(GcAge age, GcRoots roots) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("kept, with all it is made from", "because it is"));
    roots.why().forEach((what, why) -> rows.add(List.of(what, why)));
    console.table(rows);
    console.say("  and whatever is younger than %s", GcAge.words(age.grace()));
    age.living()
        .forEach(
            beat ->
                console.say(
                    "  or than run %s, which began %s ago and is at work",
                    beat.run(), age.ago(beat.since())));
  }

  private void take(GcFolder folder, GcRoots roots) {
    if (mode == Mode.DELETE && !(folder.garbage().isEmpty() && folder.emptied().isEmpty())) {
      GcSweep sweep = new GcSweep(store, folder, context.run(), reached);
      sweep.begin();
      if (!roots.areStillThose()) {
        sweep.withdraw();
        throw new JobFailedException(
            "A generation was published while gc was looking for garbage: run it again, it will"
                + " finish");
      }
      sweep.settle();
      tell(folder);
      delete(folder);
      sweep.end();
      folder.emptied().forEach(store.tree()::prune);
    } else {
      tell(folder);
    }
  }

  private void tell(GcFolder folder) {
    tally.add(folder);
    if (detail == Detail.PATHS) {
      folder.garbage().forEach(found -> console.say("  %s", found.file().path()));
    }
  }

  private void delete(GcFolder folder) {
    List<GcFolder.Garbage> garbage = folder.garbage();
    int from = 0;
    while (from < garbage.size()) {
      int to = from;
      List<String> page = new ArrayList<>();
      while (to < garbage.size()
          && page.size() < PAGE
          && garbage.get(to).role() == garbage.get(from).role()) {
        page.add(garbage.get(to++).file().path());
      }
      reached.accept("gc.deleting");
      store.tree().delete(page);
      from = to;
    }
    if (!garbage.isEmpty()) {
      long bytes = garbage.stream().mapToLong(found -> found.file().bytes()).sum();
      String where = folder.path().isEmpty() ? "the root" : folder.path();
      console.say("  deleted from %s: %,d files, %s", where, garbage.size(), Console.bytes(bytes));
    }
  }

  private void tell(GcAge age) {
    GcTally.Sum garbage = tally.garbage();
    if (garbage.files() == 0) {
      console.say("\n  no garbage");
    } else {
      console.say("");
      console.table(tally.rows(age));
    }
    if (tally.waiting().files() > 0) {
      console.say(
          "  too young to go: %,d files, %s",
          tally.waiting().files(), Console.bytes(tally.waiting().bytes()));
    }
    if (tally.unknown().files() > 0) {
      console.say(
          "  not of this program, left alone: %,d files, %s",
          tally.unknown().files(), Console.bytes(tally.unknown().bytes()));
    }
    if (garbage.files() > 0) {
      console.say(
          mode == Mode.DELETE
              ? "  deleted: %,d files, %s"
              : "  nothing was deleted (%,d files, %s). Next: `%s`",
          garbage.files(),
          Console.bytes(garbage.bytes()),
          context.line("gc").with("--delete"));
    }
  }
}
