package dev.remap.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The places that a command line names relative to the folder it is run in, said so that they mean
 * the same in a message, in a run's record and in another folder.
 */
public final class LocalPaths {
  private static final Pattern SCHEME = Pattern.compile("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*");

  private static final Pattern STEPS = Pattern.compile("(\\.\\.?/+)*(\\.\\.$)?");

  private static final String TABLE = "(?s).*\\.[A-Za-z]+(\\.gz)?/*";

  /** Places of the default filesystem; the first two have options of their own. */
  private static final List<String> PLACES = List.of("store", "catalogue.uri", "publish.groups");

  /** Files of this machine, whatever the default filesystem; else below the installation. */
  private static final List<String> FILES =
      List.of(
          "extractor.backbone",
          "extractor.region-weights",
          "extractor.gem-p-file",
          "extractor.hew-mean-file",
          "extractor.region-whitening",
          "extractor.regions-table",
          "extractor.scale-whitening",
          "extractor.attention-weights");

  private static final String CONCAT = "extractor.concat";

  /** What is no file, even beside a file of that name: something that a store has, mostly. */
  private static final Map<String, String> NAMES =
      Map.of(
          "extractor.backbone", "[0-9a-f]{16}",
          "extractor.region-weights", "published|[0-9a-f]{16}",
          "extractor.gem-p-file", "[0-9a-f]{16}",
          "extractor.attention-weights", "[0-9a-f]{16}",
          "extractor.region-whitening", "[0-9a-f]{16}");

  private LocalPaths() {}

  /**
   * Settings whose local paths are absolute.
   *
   * @param defaultFilesystem Hadoop's {@code fs.defaultFS}
   * @param here the folder that the command is run in
   */
  public static Settings absolute(Settings settings, String defaultFilesystem, Path here) {
    Settings absolute = settings;
    if (defaultFilesystem.startsWith("file:")) {
      for (String key : PLACES) {
        absolute = inFull(absolute, key, here);
      }
    }
    return files(absolute, settings::gives, here);
  }

  /**
   * Settings whose local files are absolute, those too that a configuration file names.
   *
   * @param here the folder that the command is run in
   */
  public static Settings said(Settings settings, Path here) {
    return files(settings, settings::says, here);
  }

  /** The local files that a command line names, by setting; those of a concatenation are not. */
  public static Map<String, String> filesGiven(Settings settings) {
    Map<String, String> given = new TreeMap<>();
    for (String key : FILES) {
      String value = settings.string(key);
      if (settings.gives(key) && !value.isBlank() && !isName(key, value)) {
        given.put(key, value);
      }
    }
    return given;
  }

  private static Settings files(Settings settings, Predicate<String> which, Path here) {
    Settings absolute = settings;
    for (String key : FILES) {
      if (which.test(key)
          && !isName(key, settings.string(key))
          && exists(here, settings.string(key))) {
        absolute = inFull(absolute, key, here);
      }
    }
    return which.test(CONCAT)
        ? absolute.saying(
            CONCAT,
            ConfigValueFactory.fromIterable(
                settings.objects(CONCAT).stream().map(part -> part(part, here).root()).toList()))
        : absolute;
  }

  /**
   * A file or folder as an option names it, absolute where it is a local one.
   *
   * @param defaultFilesystem Hadoop's {@code fs.defaultFS}
   * @param here the folder that the command is run in
   */
  public static String absolute(String given, String defaultFilesystem, Path here) {
    return given.isBlank()
            || given.startsWith("/")
            || !defaultFilesystem.startsWith("file:")
            || isElsewhere(here, given)
        ? given
        : inFull(given, here);
  }

  /** The files of a part of a concatenation. */
  private static Config part(Config part, Path here) {
    Config absolute = part;
    for (String key : FILES) {
      String name = key.substring(key.lastIndexOf('.') + 1);
      ConfigValue value = part.root().get(name);
      if (value != null
          && value.unwrapped() instanceof String file
          && !file.startsWith("/")
          && !isName(key, file)
          && exists(here, file)) {
        absolute = absolute.withValue(name, ConfigValueFactory.fromAnyRef(inFull(file, here)));
      }
    }
    return absolute;
  }

  private static boolean isName(String key, String value) {
    return NAMES.containsKey(key) && value.matches(NAMES.get(key));
  }

  private static Settings inFull(Settings settings, String key, Path here) {
    String value = settings.string(key);
    // Where groups are asked for, a point means the catalogue itself, and a name that is nothing
    // here what image ids begin with.
    boolean isOfIds =
        key.equals("publish.groups")
            && (value.equals(".") || !(value.matches(TABLE) || exists(here, value)));
    if (value.isBlank() || isOfIds || value.startsWith("/") || isElsewhere(here, value)) {
      return settings;
    }
    return settings.saying(key, ConfigValueFactory.fromAnyRef(inFull(value, here)));
  }

  /**
   * Steps up from the folder itself are taken; those after a name are left, as what has that name
   * may be a link to elsewhere.
   */
  private static String inFull(String path, Path here) {
    Matcher steps = STEPS.matcher(path);
    int begins = steps.lookingAt() ? steps.end() : 0;
    Path start = up(here.toAbsolutePath(), path.substring(0, begins));
    return start + (start.getNameCount() == 0 ? "" : "/") + path.substring(begins);
  }

  private static Path up(Path here, String steps) {
    try {
      // Of a link, the folder above is where it leads to.
      return steps.contains("..") ? here.toRealPath().resolve(steps).normalize() : here;
    } catch (IOException e) {
      return here.resolve(steps);
    }
  }

  /** A local file may have a colon in its name. */
  private static boolean isElsewhere(Path here, String value) {
    return SCHEME.matcher(value).matches() && !exists(here, value);
  }

  private static boolean exists(Path here, String value) {
    try {
      return !value.isBlank() && Files.exists(here.resolve(value));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
