package dev.remap.jobs.spark;

import dev.remap.core.backbone.LibTorch;
import dev.remap.index.jfaiss.NativePrerequisite;

/**
 * The order of native libraries: the OpenMP runtime of DJL's libtorch before Faiss. It has the same
 * name as the system's, and Faiss then shares it.
 */
public final class LibTorchFirst implements NativePrerequisite {
  @Override
  public void load() {
    LibTorch.loadOpenMp();
  }
}
