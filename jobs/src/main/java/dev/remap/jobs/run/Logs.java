package dev.remap.jobs.run;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.filter.AbstractFilter;
import org.apache.spark.SparkConf;

/** What libraries say, whichever configuration of log4j is found. */
public final class Logs {
  private static final String DELIVERED = "/dev/remap/jobs/config/log4j2.properties";

  /** Spark's, and what it logs as. */
  private static final String SPARK = "org.apache.spark";

  private static final Filter NOT_SPARKS =
      new AbstractFilter() {
        @Override
        public Result filter(LogEvent event) {
          return event.getLoggerName().startsWith(SPARK) ? Result.DENY : Result.NEUTRAL;
        }
      };

  private static volatile Optional<PrintStream> muted = Optional.empty();

  private Logs() {}

  /**
   * Logging as {@code conf/log4j2.properties} has it, whatever configuration the class path has:
   * only one that was named ({@code -Dlog4j2.configurationFile}), or that stands in this
   * installation's own folder, wins.
   */
  public static void asDelivered() {
    URL delivered = Logs.class.getResource(DELIVERED);
    if (delivered == null
        || isNamed("log4j2.configurationFile")
        || isNamed("log4j.configurationFile")) {
      return;
    }
    try {
      LoggerContext context = (LoggerContext) LogManager.getContext(false);
      String own = System.getenv().getOrDefault("REMAP_HOME", "");
      String found = context.getConfiguration().getConfigurationSource().getLocation();
      if (own.isEmpty() || found == null || !found.contains(own + "/conf/")) {
        // Spark looks for a configuration when it first logs, and once spark-submit has taken
        // Spark's
        // own, it takes that again, whatever is there by then. So let it look before.
        new SparkConf(false).initializeLogIfNecessary(false, true);
        Configurator.reconfigure(delivered.toURI());
      }
    } catch (LinkageError | RuntimeException | URISyntaxException e) {
      // Another logging than Spark's own: what it says does no harm.
    }
  }

  private static boolean isNamed(String property) {
    return System.getProperty(property) != null;
  }

  /** Nothing is logged any more. */
  static void silence() {
    try {
      Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
    } catch (LinkageError | RuntimeException e) {
      // Another logging than Spark's own: what it says does no harm.
    }
  }

  /** What others print on standard error, as Scala does with traces, is dropped from here on. */
  static synchronized void mute() {
    if (muted.isEmpty()) {
      muted = Optional.of(System.err);
      System.setErr(
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }
  }

  /** No more than while that runs. */
  static synchronized void muted(Runnable closing) {
    mute();
    try {
      closing.run();
    } finally {
      muted.ifPresent(System::setErr);
      muted = Optional.empty();
    }
  }

  /** Standard error, also while others have none. */
  static PrintStream errors() {
    return muted.orElse(System.err);
  }

  /**
   * Spark's start, of which Spark says no more than it throws, unless somebody has it say more than
   * warnings.
   */
  static <T> T withoutSparks(Callable<T> start) throws Exception {
    starting(true);
    T started = start.call();
    // One that has failed falls over for a while.
    starting(false);
    return started;
  }

  private static void starting(boolean isStarting) {
    try {
      LoggerConfig spark =
          ((LoggerContext) LogManager.getContext(false)).getConfiguration().getLoggerConfig(SPARK);
      spark.removeFilter(NOT_SPARKS);
      if (isStarting && spark.getLevel().isMoreSpecificThan(Level.WARN)) {
        spark.addFilter(NOT_SPARKS);
      }
    } catch (LinkageError | RuntimeException e) {
      // Another logging than Spark's own: what it says does no harm.
    }
  }
}
