package dev.remap.jobs.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * All that commands on one index have to be told, kept in a folder, so that each of them is short:
 * {@code remap.conf} has settings, as {@code --config} takes them, and {@code spark.conf} Spark's
 * properties, which {@code bin/remap} hands on as {@code --properties-file}. What a command line
 * says wins over both.
 */
public record Profile(Path folder) {
  /** Of the command line. */
  public static final String OPTION = "--profile";

  /** Names the folder where the command line does not. */
  public static final String VARIABLE = "REMAP_PROFILE";

  private static final String SETTINGS = "remap.conf";
  private static final String SPARK = "spark.conf";

  /**
   * The profile in force.
   *
   * @param given by the command line, or null
   * @param variable what {@link #VARIABLE} says, or null
   * @throws InputException if its folder or one of its files cannot be read
   */
  public static Optional<Profile> of(Path given, String variable) {
    boolean isUnset = given == null && (variable == null || variable.isBlank());
    return isUnset
        ? Optional.empty()
        : Optional.of(new Profile(given == null ? Path.of(variable) : given).whole());
  }

  private Profile whole() {
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          "The profile %s is no folder: check %s and %s", folder, OPTION, VARIABLE);
    }
    for (String name : new String[] {SETTINGS, SPARK}) {
      if (!Files.isReadable(folder.resolve(name))) {
        throw new InputException(
            "The profile %s has no %s that can be read: it needs %s (settings, as --config takes"
                + " them) and %s (Spark's properties, such as one of conf/cluster; for this machine"
                + " alone conf/spark-defaults.conf)",
            folder, name, SETTINGS, SPARK);
      }
    }
    return this;
  }

  Path settings() {
    return folder.resolve(SETTINGS);
  }

  /**
   * Refuses a run that Spark was started for without {@code spark.conf}: it would run elsewhere, or
   * not find the store's server.
   *
   * @param said what Spark was given
   */
  public void requireSubmitted(Properties said) {
    Path file = folder.resolve(SPARK);
    for (String name : properties(file).stringPropertyNames()) {
      if (name.startsWith("spark.") && said.getProperty(name) == null) {
        throw new InputException(
            "%s of the profile says %s, and Spark was not told: run it by bin/remap, or give"
                + " spark-submit --properties-file %s",
            SPARK, name, file);
      }
    }
  }

  private static Properties properties(Path file) {
    Properties properties = new Properties();
    try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(text);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("%s cannot be read as Spark's properties: %s", file, e.getMessage());
    }
    return properties;
  }
}
