package dev.remap.jobs.catalogue;

import java.lang.reflect.Field;
import java.util.Set;

/**
 * For fault drills: images at which native code is made to fail as a broken decoder would, by a
 * write to an address that is not mapped.
 *
 * <p>The system property {@code remap.crash.images} (or the environment variable {@code
 * REMAP_CRASH_IMAGES}) holds their ids, separated by commas. Without it, nothing ever happens.
 */
final class CrashPoint {
  private static final Set<String> ARMED = Set.of(setting().split(",", -1));

  private CrashPoint() {}

  /** Ends this JVM by SIGSEGV if the image is one of those that were named. */
  static void reach(String imageId) {
    if (ARMED.contains(imageId)) {
      crash();
    }
  }

  private static void crash() {
    try {
      // By reflection, since the compiler warns of the class.
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field field = type.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      type.getMethod("putAddress", long.class, long.class).invoke(field.get(null), 0L, 0L);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This JVM cannot be made to crash", e);
    }
  }

  private static String setting() {
    String environment = System.getenv().getOrDefault("REMAP_CRASH_IMAGES", "");
    String images = System.getProperty("remap.crash.images", environment);
    // No image has an id of a line feed alone, and a set needs something in it.
    return images.isEmpty() ? "\n" : images;
  }
}
