package dev.remap.jobs.run;

import java.net.URISyntaxException;
import java.net.URL;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkConf;

/** What libraries say, whichever configuration of log4j is found. */
public final class Logs {
  private static final String DELIVERED = "/dev/remap/jobs/config/log4j2.properties";

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
}
