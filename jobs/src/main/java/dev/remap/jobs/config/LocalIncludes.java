package dev.remap.jobs.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import java.io.File;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a configuration may include: files of this machine, relative to the one that includes them.
 * The library would fetch addresses, and look for what is no file on the class path.
 *
 * @param folder what a relative name is relative to
 * @param chain the files that are being read, the outermost first
 */
record LocalIncludes(Path folder, List<Path> chain)
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  /** A drive of Windows has one letter. */
  private static final String ADDRESS = "[A-Za-z][A-Za-z0-9+.-]+:.*";

  LocalIncludes {
    chain = List.copyOf(chain);
  }

  /** How to read a text that stands in no file. */
  static ConfigParseOptions inWorkingFolder() {
    return options(Path.of(""), List.of());
  }

  /** How to read a file. */
  static ConfigParseOptions of(Path file) {
    return options(folder(file), List.of(file));
  }

  private static ConfigParseOptions options(Path folder, List<Path> chain) {
    return ConfigParseOptions.defaults().setIncluder(new LocalIncludes(folder, chain));
  }

  private static Path folder(Path file) {
    return file.toAbsolutePath().normalize().getParent();
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder other) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    if (what.matches("(?s)" + ADDRESS)) {
      throw refused(what);
    }
    return includeFile(context, new File(what));
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    throw refused(what.toString());
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    throw refused("classpath(" + what + ")");
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    Path file = folder.resolve(what.toPath()).normalize();
    List<Path> deeper = new ArrayList<>(chain);
    deeper.add(file);
    if (isRead(file)) {
      throw new InputException(
          "A configuration includes itself: %s",
          deeper.stream().map(Path::toString).collect(Collectors.joining(" includes ")));
    }
    return ConfigFactory.parseFileAnySyntax(
            file.toFile(),
            context
                .parseOptions()
                .setOriginDescription(null)
                .setSyntax(null)
                .setIncluder(new LocalIncludes(folder(file), deeper)))
        .root();
  }

  /** A name without an ending stands for files with one. */
  private boolean isRead(Path file) {
    return Stream.of("", ".conf", ".json", ".properties")
        .map(ending -> Path.of(file + ending).toAbsolutePath().normalize())
        .anyMatch(
            candidate ->
                chain.stream().anyMatch(it -> it.toAbsolutePath().normalize().equals(candidate)));
  }

  private InputException refused(String what) {
    return new InputException(
        "%s includes %s: only files of this machine can be included; get it once, and include the"
            + " file",
        chain.isEmpty() ? "A setting" : "Configuration file " + chain.get(chain.size() - 1), what);
  }
}
