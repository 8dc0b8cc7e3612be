package dev.remap.jobs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * For fault drills: named places at which a JVM can be made to die as if its machine had lost
 * power.
 *
 * <p>The system property {@code remap.kill.point} (or the environment variable {@code
 * REMAP_KILL_POINT}) names one, such as {@code extract.after-data}, or {@code extract.after-data:3}
 * for the third time it is reached in this JVM. Where many JVMs have that setting, {@code
 * remap.kill.once} (or {@code REMAP_KILL_ONCE}) names a file that does not exist: only the one that
 * makes it dies. Without these, nothing ever happens.
 */
public final class KillPoint {
  /** What a shell reports for a process that was killed by SIGKILL. */
  static final int EXIT_STATUS = 137;

  private static final KillPoint ARMED = parse(setting("remap.kill.point", "REMAP_KILL_POINT"));
  private static final String ONCE = setting("remap.kill.once", "REMAP_KILL_ONCE");

  private final String name;
  private int left;

  private KillPoint(String name, int left) {
    this.name = name;
    this.left = left;
  }

  /** Dies here, without shutdown hooks, if this is the point that was named. */
  public static void reach(String name) {
    if (ARMED.hit(name) && isFirst(ONCE)) {
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
  }

  static KillPoint parse(String setting) {
    int colon = setting.lastIndexOf(':');
    return colon < 0
        ? new KillPoint(setting, 1)
        : new KillPoint(
            setting.substring(0, colon), Integer.parseInt(setting.substring(colon + 1)));
  }

  /** Whether this call is the wanted time at the wanted place. */
  synchronized boolean hit(String reached) {
    return reached.equals(name) && --left == 0;
  }

  /** Whether no other process has made that file before; true without a file. */
  static boolean isFirst(String file) {
    if (file.isEmpty()) {
      return true;
    }
    try {
      Files.createFile(Path.of(file));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("remap.kill.once is " + file, e);
    }
  }

  private static String setting(String property, String environment) {
    return System.getProperty(property, System.getenv().getOrDefault(environment, ""));
  }
}
