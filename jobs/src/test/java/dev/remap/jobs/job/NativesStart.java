package dev.remap.jobs.job;

import dev.remap.core.image.Mats;
import dev.remap.index.jfaiss.NativeLibrary;

/** A process that loads every native library, as an executor's first tasks do. */
final class NativesStart {
  static final String LOADED = "loaded";

  private NativesStart() {}

  /** Waits for a byte, so that several start in the same moment. */
  public static void main(String[] arguments) throws Exception {
    if (System.in.read() < 0) {
      return;
    }
    new Mats().close();
    Natives.loadFaiss();
    NativeLibrary.load();
    System.out.println(LOADED);
  }
}
