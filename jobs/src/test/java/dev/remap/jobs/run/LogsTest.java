package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.junit.jupiter.api.Test;

class LogsTest {
  /** Loads one class itself, as spark-submit's loader does all classes of the jar. */
  private static final class Submitted extends URLClassLoader {
    Submitted() {
      super(
          new URL[] {Logs.class.getProtectionDomain().getCodeSource().getLocation()},
          Logs.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(Logs.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  @Test
  void sparksOwnLoggingIsConfiguredWhoeverLoadedTheApplication() throws Exception {
    LoggerContext sparks = (LoggerContext) LogManager.getContext(false);
    sparks.setConfiguration(new DefaultConfiguration());
    try (Submitted loader = new Submitted()) {
      Class<?> logs = loader.loadClass(Logs.class.getName());
      assertThat(logs).isNotEqualTo(Logs.class);
      logs.getMethod("asDelivered").invoke(null);
    }
    assertThat(sparks.getConfiguration().getConfigurationSource().getLocation())
        .endsWith("dev/remap/jobs/config/log4j2.properties");
  }
}
