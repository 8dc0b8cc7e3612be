package dev.remap.jobs.run;

import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.backbone.LibTorch;
import dev.remap.core.image.Mats;
import dev.remap.index.jfaiss.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process that loads every native library, Faiss before libtorch, as first tasks may do. */
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
    LibTorch.lack(ComputeDevice.gpu(0));
    requireOneOpenMp();
    System.out.println(LOADED);
  }

  private static void requireOneOpenMp() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      List<String> runtimes =
          maps.filter(line -> line.contains("libgomp"))
              .map(line -> line.substring(line.indexOf('/')))
              .distinct()
              .toList();
      if (runtimes.size() != 1) {
        throw new IllegalStateException("runtimes of OpenMP: " + runtimes);
      }
    }
  }
}
