package dev.remap.core.backbone;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The one libtorch of this process, started on first use. */
public final class LibTorch {
  static final String ENGINE = "PyTorch";

  private LibTorch() {}

  /**
   * Loads the OpenMP runtime that libtorch brings along, for whoever loads natives of his own that
   * want one: so the process has one only, should it start libtorch later. Starts libtorch, which
   * takes a second, only where nobody has unpacked it yet.
   */
  public static void loadOpenMp() {
    List<Path> runtimes = LibTorchFolder.openMp();
    if (runtimes.isEmpty()) {
      Objects.requireNonNull(Started.ENGINE);
    }
    runtimes.forEach(runtime -> System.load(runtime.toString()));
  }

  /**
   * Starts libtorch if need be and looks the device up.
   *
   * @throws IllegalStateException if libtorch does not start, or sees no such GPU: never falls back
   */
  static Device device(ComputeDevice wanted) {
    Objects.requireNonNull(Started.ENGINE);
    if (wanted.gpu().isEmpty()) {
      return Device.cpu();
    }
    lack(wanted)
        .ifPresent(
            reason -> {
              throw new IllegalStateException(reason);
            });
    return Device.gpu(wanted.gpu().getAsInt());
  }

  /**
   * Why libtorch cannot compute there, in a sentence, or nothing if it can; starts it for a GPU.
   */
  public static Optional<String> lack(ComputeDevice wanted) {
    if (wanted.gpu().isEmpty()) {
      return Optional.empty();
    }
    Engine engine = Started.ENGINE;
    // DJL counts the GPUs of the machine; a libtorch for CPUs cannot use them.
    boolean cuda = engine.hasCapability(StandardCapabilities.CUDA);
    if (cuda && wanted.gpu().getAsInt() < engine.getGpuCount()) {
      return Optional.empty();
    }
    return Optional.of(
        "Device %s is not there: this libtorch is %s, and the machine has %d GPUs. Build with the"
                .formatted(wanted, cuda ? "for CUDA" : "for CPUs only", engine.getGpuCount())
            + " profile gpu and check the driver (nvidia-smi), or ask for the CPU");
  }

  /**
   * Keeps the calling thread on libtorch's plain interpreter. Its profiling executor would run
   * another graph from the third call on, so bits could depend on how many calls came before, and
   * it recompiles for every new shape. The switch is per thread.
   */
  static void interpretPlainly() {
    JniUtils.setGraphExecutorOptimize(false);
  }

  /**
   * Computes something by libtorch, which the process does not end in the middle of: see {@link
   * Computations}.
   */
  public static <T> T compute(Supplier<T> computation) {
    return Computations.OF_PROCESS.run(computation);
  }

  private static final class Started {
    static final Engine ENGINE = start();

    private static Engine start() {
      // Executors get no options of the driver's: here they hold wherever libtorch is started.
      setIfMissing("OPT_OUT_TRACKING");
      setIfMissing("ai.djl.offline");
      Engine engine = LibTorchFolder.locked(() -> Engine.getEngine(LibTorch.ENGINE));
      // Threads belong to the caller: one per forward pass unless the process was told otherwise.
      JniUtils.setNumThreads(Integer.getInteger("ai.djl.pytorch.num_threads", 1));
      return engine;
    }

    private static void setIfMissing(String property) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, "true");
      }
    }
  }
}
