package dev.remap.jobs.store;

/**
 * For fault drills: named places at which a JVM can be made to die as if its machine had lost
 * power.
 *
 * <p>The system property {@code remap.kill.point} (or the environment variable {@code
 * REMAP_KILL_POINT}) names one, such as {@code extract.after-data}, or {@code extract.after-data:3}
 * for the third time it is reached in this JVM. Without it, nothing ever happens.
 */
public final class KillPoint {
  /** What a shell reports for a process that was killed by SIGKILL. */
  static final int EXIT_STATUS = 137;

  private static final KillPoint ARMED = parse(setting());

  private final String name;
  private int left;

  private KillPoint(String name, int left) {
    this.name = name;
    this.left = left;
  }

  /** Dies here, without shutdown hooks, if this is the point that was named. */
  public static void reach(String name) {
    if (ARMED.hit(name)) {
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

  private static String setting() {
    String environment = System.getenv().getOrDefault("REMAP_KILL_POINT", "");
    return System.getProperty("remap.kill.point", environment);
  }
}
