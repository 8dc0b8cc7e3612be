package dev.remap.jobs.run;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationFactory;

/**
 * How this JVM logs: as {@code bin/remap} does where the output of commands is looked at, and else
 * quietly. A change costs as much as a short command, so each stays until the other is asked for.
 */
public final class Logging {
  private static final Path DELIVERED = Path.of("../conf/log4j2.properties");
  private static final Path QUIET = Path.of("src/test/resources/log4j2-test.properties");

  /** Written to what standard error is by then, not when logging began. */
  private static final String FOLLOW =
      "\nappender.console.follow = true\nappender.brief.follow = true\n";

  private static Configuration delivered;

  private Logging() {}

  /** As delivered. */
  public static synchronized void asDelivered() {
    if (delivered == null) {
      delivered = configuration();
      Configurator.reconfigure(delivered);
    }
  }

  /** As tests have it that no command prints for. */
  static synchronized void quietly() {
    if (delivered != null) {
      delivered = null;
      Configurator.reconfigure(QUIET.toUri());
    }
  }

  private static Configuration configuration() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      text.writeBytes(Files.readAllBytes(DELIVERED));
      text.writeBytes(FOLLOW.getBytes(StandardCharsets.UTF_8));
      return new PropertiesConfigurationFactory()
          .getConfiguration(
              (LoggerContext) LogManager.getContext(false),
              new ConfigurationSource(new ByteArrayInputStream(text.toByteArray())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
