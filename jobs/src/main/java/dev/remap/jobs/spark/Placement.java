package dev.remap.jobs.spark;

import java.io.Serializable;

/**
 * Where a unit's images were described.
 *
 * @param executor its id
 * @param device cpu, gpu:0, or cpu-instead-of-gpu:0 where libtorch could not use the GPU that Spark
 *     assigned
 * @param extractors how many that executor has opened for that device so far
 */
public record Placement(String executor, String device, int extractors) implements Serializable {
  private static final String INSTEAD = "cpu-instead-of-";

  public static String insteadOf(Object gpu) {
    return INSTEAD + gpu;
  }

  public boolean fellBack() {
    return device.startsWith(INSTEAD);
  }
}
