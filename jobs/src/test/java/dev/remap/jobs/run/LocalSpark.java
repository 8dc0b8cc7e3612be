package dev.remap.jobs.run;

import dev.remap.jobs.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Spark in the tests' own JVM. There is one context per JVM, which commands use if it is there: a
 * test that wants them to begin one of their own closes the one it holds.
 */
public final class LocalSpark {
  private static SparkContext shared;
  private static Map<String, String> sharedBy;

  private LocalSpark() {}

  /** Makes every Spark that is started from now on a quiet local one. */
  public static void use(String master) {
    Logging.quietly();
    System.setProperty("spark.master", master);
    System.setProperty("spark.ui.enabled", "false");
    System.setProperty("spark.driver.host", "127.0.0.1");
    System.setProperty("spark.driver.bindAddress", "127.0.0.1");
    System.setProperty("spark.sql.shuffle.partitions", "2");
    // Of the usual 4 MiB each broadcast takes one, for the few KiB that there are in a test.
    System.setProperty("spark.broadcast.blockSize", "64k");
    System.setProperty("spark.sql.warehouse.dir", Path.of("target/warehouse").toUri().toString());
  }

  /**
   * Lets commands use one Spark as long as they want the same Spark: to start one takes longer than
   * most of what they do in a test. One that somebody else holds is left alone.
   */
  public static synchronized void share() {
    Map<String, String> wanted = new TreeMap<>();
    System.getProperties()
        .forEach(
            (key, value) -> {
              if (key.toString().startsWith("spark.")) {
                wanted.put(key.toString(), value.toString());
              }
            });
    if (shared != null && !shared.isStopped()) {
      if (wanted.equals(sharedBy)) {
        return;
      }
      shared.stop();
    }
    shared = null;
    if (SparkContext$.MODULE$.getActive().isEmpty()) {
      shared = SparkStart.context(SparkStart.conf("test"));
      sharedBy = wanted;
    }
  }

  /** A session on two threads. */
  public static SparkSession session() {
    use("local[2]");
    return SparkSession.builder().config(new SparkConf().setAppName("test")).getOrCreate();
  }

  /** A session on the Spark that commands share, which goes on when its user is through. */
  public static SparkSession sharedSession() {
    use("local[2]");
    share();
    return session();
  }

  /** The context of {@link #session}. */
  public static JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(session().sparkContext());
  }

  /** A job's context on two threads, whose console nobody reads. */
  public static JobContext context(Path store, Map<String, String> settings) {
    return context(store, settings, "local[2]", new ByteArrayOutputStream());
  }

  /** As {@link #context(Path, Map)}, on the Spark that commands share: none is started for it. */
  public static JobContext sharing(Path store, Map<String, String> settings) {
    use("local[2]");
    share();
    return context(store, settings);
  }

  /** A job's context on any master, with what its console says. */
  public static JobContext context(
      Path store, Map<String, String> settings, String master, ByteArrayOutputStream said) {
    use(master);
    Map<String, String> pairs = new TreeMap<>(settings);
    pairs.put("store", store.toUri().toString());
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    return JobContext.create("test", Settings.load(null, pairs), new Console(out));
  }
}
