package dev.remap.jobs.spark;

import dev.remap.core.backbone.LibTorch;
import dev.remap.index.jfaiss.NativePrerequisite;

/**
 * The order of native libraries: DJL's libtorch before Faiss. Its OpenMP runtime has the same name
 * as the system's, and whoever comes second shares it.
 */
public final class LibTorchFirst implements NativePrerequisite {
  @Override
  public void load() {
    LibTorch.start();
  }
}
