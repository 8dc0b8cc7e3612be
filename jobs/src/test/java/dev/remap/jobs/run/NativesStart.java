package dev.remap.jobs.run;

import dev.remap.core.image.Mats;
import dev.remap.index.jfaiss.NativeLibrary;

/** A process that loads every native library, as an executor's first tasks do. */
public final class NativesStart {
  public static final String LOADED = "loaded";

  private NativesStart() {}

  /** Waits for a byte, so that several start in the same moment. */
  public static void main(String[] arguments) throws Exception {
    if (System.in.read() < 0) {
      return;
    }
    new Mats().close();
    NativeLibrary.load();
    System.out.println(LOADED);
  }
}
