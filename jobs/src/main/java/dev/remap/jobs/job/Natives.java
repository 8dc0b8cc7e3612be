package dev.remap.jobs.job;

import dev.remap.core.backbone.LibTorch;

/**
 * The one place that decides the order of native libraries: DJL's libtorch first. Its OpenMP
 * runtime has the same name as the system's, and whoever comes second shares it.
 */
public final class Natives {
  private Natives() {}

  /** Makes Faiss usable in this JVM. */
  public static void loadFaiss() {
    LibTorch.start();
  }
}
