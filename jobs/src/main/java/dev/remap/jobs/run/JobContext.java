package dev.remap.jobs.run;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.KeptGroup;
import dev.remap.jobs.config.LocalPaths;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.run.Heartbeats;
import dev.remap.jobs.store.run.RunEnd;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.SparkSession;

/**
 * What a command's jobs share: settings, store, console, and a Spark that starts when first asked
 * for.
 */
public final class JobContext implements AutoCloseable {
  public static final String WORKED = "worked";
  public static final String SLOTS = "slots";

  private final String command;
  private final Settings settings;
  private final Console console;
  private final SharedSpark spark;
  private final Configuration hadoop;
  private final Store store;
  private final Remembered remembered;
  private final String run = UUID.randomUUID().toString();
  private long worked;
  private int mostTasks;
  private final Map<Counted, Long> rows = new ConcurrentHashMap<>();
  private HeartbeatThread heartbeat;
  private int jobs;
  private Runnable takingBack = () -> {};
  private boolean hasFailed;
  private Optional<JsonReport> report = Optional.empty();
  private Optional<RunLog> working = Optional.empty();
  private Optional<Interruption.Commits> commits = Optional.empty();

  private JobContext(
      String command,
      Settings settings,
      Console console,
      BiFunction<String, Configuration, Store> opening,
      BiFunction<Store, String, Remembered> memory) {
    this.command = command;
    this.console = console;
    this.spark = new SharedSpark(SparkStart.conf(command), console);
    this.hadoop = SparkStart.hadoop(spark.conf());
    Settings said =
        LocalPaths.absolute(settings, FileSystem.getDefaultUri(hadoop).toString(), Path.of(""));
    this.store = opened(said.string("store"), opening);
    this.remembered = memory.apply(store, said.string("index.name"));
    this.settings = remembered.under(said);
    this.settings.check();
    this.spark.waiting(this.settings.duration("unit.executor-wait"));
    Interruption.watch(this);
  }

  private Store opened(String root, BiFunction<String, Configuration, Store> opening) {
    try {
      return opening.apply(root, hadoop);
    } catch (StoreException e) {
      // A storage that fails is one thing, naming what is no store is another.
      if (e.getCause() instanceof IOException cause
          && !(cause instanceof UnsupportedFileSystemException)) {
        throw e;
      }
      throw new InputException("%s", e.getMessage());
    }
  }

  /** Opens the store that the settings name. */
  public static JobContext open(String command, Settings settings, Console console) {
    return new JobContext(command, settings, console, Store::open, remembering(command));
  }

  private static BiFunction<Store, String, Remembered> remembering(String command) {
    return (store, index) -> Remembered.of(store, command, index);
  }

  /** Opens what the settings name, without a look at whether it is a sound store. */
  public static JobContext openAny(String command, Settings settings, Console console) {
    return new JobContext(
        command, settings, console, Store::openAny, (store, index) -> Remembered.nothing(store));
  }

  /**
   * Opens the store that the settings name, and makes it if it does not exist. It is taken back if
   * a job fails before anything came of it.
   */
  public static JobContext create(String command, Settings settings, Console console) {
    JobContext context = look(command, settings, console);
    context.make();
    return context;
  }

  private void make() {
    boolean isThere = store.tree().isThere();
    if (!isThere || !store.exists(Store.MARK)) {
      opened(settings.string("store"), Store::openOrCreate);
      takingBack =
          () -> {
            store.tree().withdraw(run);
            if (!isThere) {
              store.tree().removeIfEmpty();
            }
          };
    }
  }

  /**
   * Opens a store to look at it; where there is none yet, all that is looked for in it is missing,
   * and it is not made.
   */
  public static JobContext look(String command, Settings settings, Console console) {
    return new JobContext(
        command,
        settings,
        console,
        (root, hadoop) -> {
          Store store = Store.openAny(root, hadoop);
          if (store.exists(Store.MARK)) {
            store.checkMark();
          }
          return store;
        },
        remembering(command));
  }

  /** The extractor that the store remembers, unless this command was given another one. */
  public Optional<String> rememberedExtractor() {
    return remembered.extractor(settings);
  }

  /** Lets the store remember the settings of an extractor, which somebody uses now. */
  public void rememberExtractor(String id) {
    remember(KeptGroup.EXTRACTOR, Optional.of(id));
  }

  /** Lets the store remember the settings of a group, which somebody uses now. */
  public void remember(KeptGroup group) {
    remember(group, Optional.empty());
  }

  private void remember(KeptGroup group, Optional<String> extractor) {
    remembered.keep(settings, group, extractor).ifPresent(line -> console.say("%s", line));
  }

  public Settings settings() {
    return settings;
  }

  /** How work is cut into units. */
  public UnitSize unitSize() {
    return new UnitSize(settings.integer("unit.images", 1, Integer.MAX_VALUE));
  }

  public Console console() {
    return console;
  }

  public Store store() {
    return store;
  }

  /** The id of this run: in the names of all objects it writes. */
  public String run() {
    return run;
  }

  public String command() {
    return command;
  }

  /**
   * Another command as a message asks for it, to be run as it is: on the same store, index ({@code
   * --name}) and catalogue, where it takes those, with the settings that this run was given.
   * Options of its own follow by {@link CommandText#with}; in a message it stands between
   * backquotes.
   */
  public CommandText line(String other) {
    return new CommandLines(this).of(other);
  }

  /** Where the images are: as this run was told, or the last one that listed them. */
  public Optional<String> catalogue() {
    return new CommandLines(this).catalogue().map(CommandLines.Place::uri);
  }

  /** The command line of another stage, for another index. */
  public CommandText line(String other, String index) {
    return new CommandLines(this).of(other, index);
  }

  /**
   * The next of this run's jobs begins and may write: from the first one on, the run has a
   * heartbeat. Returns the job's own id, which begins with the run's.
   */
  public synchronized String beginJob() {
    if (heartbeat == null) {
      Duration interval = settings.duration("gc.heartbeat", Duration.ofSeconds(1));
      heartbeat = HeartbeatThread.start(new Heartbeats(store), run, command, interval);
    }
    // What a job before it did that failed is not its own.
    worked = 0;
    mostTasks = 0;
    return String.format(Locale.ROOT, "%s-%02d", run, ++jobs);
  }

  /** The units of a plan that are left for the job at work to commit. */
  public synchronized List<Unit> toCommit(Layer layer, Plan plan) {
    commits = Optional.of(new Interruption.Commits(layer, plan));
    return layer.pending(plan);
  }

  synchronized Optional<Interruption.Commits> commits() {
    return commits;
  }

  /** A job is at work that has that record, or none is. */
  synchronized void working(RunLog log) {
    working = Optional.ofNullable(log);
    commits = Optional.empty();
  }

  /** The name of the job at work; the command's where none is. */
  public synchronized String stage() {
    return working.map(RunLog::job).orElse(command);
  }

  synchronized boolean hasBegun() {
    return jobs > 0;
  }

  /**
   * A context whose jobs are reported as JSON at the end; what is said for people goes elsewhere.
   *
   * @param out where the report goes
   */
  public static JobContext reporting(PrintStream out, Function<Console, JobContext> opening) {
    JsonReport report = new JsonReport(out);
    JobContext context = opening.apply(report.console());
    context.report(report);
    return context;
  }

  private synchronized void report(JsonReport to) {
    report = Optional.of(to);
  }

  synchronized void ended(RunEnd job) {
    report.ifPresent(to -> to.ended(job));
  }

  /** The process is being ended: says so in the run's record. */
  void interrupted(String sentence) {
    Optional<RunLog> log;
    HeartbeatThread signs;
    synchronized (this) {
      log = working;
      signs = heartbeat;
    }
    log.ifPresent(it -> it.interrupted(sentence));
    if (signs != null) {
      signs.close();
    }
  }

  /** One of this run's jobs has failed. */
  synchronized void failed() {
    hasFailed = true;
  }

  /** Hadoop's configuration with Spark's {@code spark.hadoop.*} settings laid over it. */
  public Configuration hadoop() {
    return hadoop;
  }

  /** What Spark was, or will be, started with. */
  public SparkConf sparkConf() {
    return spark.conf();
  }

  /**
   * Spark, started by the first call. One that runs in this JVM already is used as it is, and left
   * running.
   */
  public JavaSparkContext spark() {
    return spark.start();
  }

  /**
   * How many tasks Spark would run at once as threads of this process; 0 where it would not, or has
   * been started.
   */
  public int threadsInsteadOfSpark() {
    return spark.threadsInstead();
  }

  /** For what reads or writes tables by Spark: to start it takes a second that others save. */
  @SuppressWarnings("deprecation") // a builder would warn that there is a context, and takes none
  public SparkSession session() {
    return SQLContext.getOrCreate(spark().sc()).sparkSession();
  }

  /** What a task needs to open the same store. */
  public TaskStore taskStore() {
    return new TaskStore(settings.string("store"), spark.forTasks(hadoop));
  }

  /** Counts rows that tasks have worked on, and how many tasks there were for them. */
  public synchronized void worked(long rows, int tasks) {
    worked += rows;
    mostTasks = Math.max(mostTasks, tasks);
  }

  /**
   * Adds what a later plan learns a job's speed from: the rows that its tasks worked on, and how
   * many of them could run at the same time.
   */
  public synchronized Counts measured(Counts books) {
    books.add(WORKED, worked);
    if (spark.isStarted()) {
      int slots = ClusterSlots.of(this).slots();
      books.add(SLOTS, mostTasks == 0 ? slots : Math.min(slots, mostTasks));
    }
    worked = 0;
    mostTasks = 0;
    return books;
  }

  /** Layers hold several tables: descriptors and rejects lie in one folder. */
  private record Counted(List<Ledger> layers, String table) {}

  /** The rows of a table of these layers, counted once. */
  public long remembered(List<Ledger> layers, String table, Supplier<Long> counting) {
    Counted counted = new Counted(layers, table);
    Long known = rows.get(counted);
    if (known == null) {
      known = counting.get();
      rows.put(counted, known);
    }
    return known;
  }

  @Override
  public void close() {
    Interruption.await();
    Interruption.over(this);
    try {
      spark.close();
    } finally {
      if (heartbeat != null) {
        heartbeat.close();
      }
      if (hasFailed) {
        takingBack.run();
      }
      report.ifPresent(to -> to.print(command));
    }
  }
}
