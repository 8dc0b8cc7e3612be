package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.backbone.LibTorch;
import dev.remap.core.extraction.DecodeMemory;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.ExtractorSettings;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.pooling.Aggregation;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.LocalCache;
import dev.remap.jobs.spark.Placement;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;

/**
 * One extractor per executor and device, opened by the first task that needs it and shared by the
 * others.
 */
public final class ExecutorExtractors {
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  private static final Map<Key, Extractor> OPEN = new HashMap<>();

  /** One at each place. */
  private static final Map<String, Learnt> LEARNT = new HashMap<>();

  private ExecutorExtractors() {}

  /**
   * How tasks are to extract; travels to them.
   *
   * @param device auto, cpu or gpu
   * @param fallsBack whether auto goes on with the CPU where libtorch cannot use an assigned GPU
   * @param cores of each task
   * @param decodeMemory of each executor; 0 for the share of its machine that is the default
   */
  public record Options(
      String device,
      boolean fallsBack,
      int cores,
      int decodeThreads,
      int window,
      Duration readTimeout,
      Duration decodeTimeout,
      long decodeMemory)
      implements Serializable {
    private static final long OF_MACHINE = 0;

    public static Options of(JobContext context) {
      String device = context.settings().string("extract.device");
      if (!device.matches("auto|cpu|gpu")) {
        throw new InputException("extract.device is %s: it must be auto, cpu or gpu", device);
      }
      if (device.equals("gpu") && !context.sparkConf().contains(TASK_GPUS)) {
        throw new InputException(
            "extract.device is gpu, but Spark assigns none to this run's tasks: set %s and"
                + " spark.executor.resource.gpu.amount (conf/cluster has examples; local masters"
                + " have no GPUs to assign), or use --device cpu",
            TASK_GPUS);
      }
      String fallback = context.settings().string("extract.fallback");
      if (!fallback.matches("none|cpu")) {
        throw new InputException("extract.fallback is %s: it must be none or cpu", fallback);
      }
      int cores = Math.max(1, context.sparkConf().getInt("spark.task.cpus", 1));
      int threads = context.settings().integer("extract.decode-threads", 0, 256);
      return new Options(
          device,
          device.equals("auto") && fallback.equals("cpu"),
          cores,
          threads == 0 ? Math.max(2, cores) : threads,
          context.settings().integer("extract.window", 1, 1 << 20),
          context.settings().duration("image.read-timeout"),
          context.settings().duration("image.decode-timeout"),
          decodeMemory(context.settings()));
    }

    /** Whether Spark assigns GPUs to this run's tasks, and they may take them. */
    public boolean mayUseGpus(JobContext context) {
      return !device.equals("cpu") && context.sparkConf().contains(TASK_GPUS);
    }

    /**
     * Whether GPUs are asked for, or there to be taken; what is wrong with that is not looked at.
     */
    public static boolean meanGpus(JobContext context) {
      String device = context.settings().string("extract.device");
      return device.equals("gpu")
          || (device.equals("auto") && context.sparkConf().contains(TASK_GPUS));
    }

    private static long decodeMemory(Settings settings) {
      String key = "extract.decode-memory";
      if (settings.string(key).equals("auto")) {
        return OF_MACHINE;
      }
      long bytes = settings.bytes(key);
      if (bytes < 1) {
        throw new InputException("%s is %s: it must be auto, or at least 1 byte", key, bytes);
      }
      return bytes;
    }

    private ExtractorSettings settings() {
      return new ExtractorSettings(
          decodeThreads,
          cores,
          window,
          ExtractorSettings.defaults(1).pixelBytes(),
          readTimeout,
          decodeTimeout,
          decodeMemory == OF_MACHINE
              ? DecodeMemory.ofMachine()
              : DecodeMemory.shared(decodeMemory));
    }
  }

  private record Key(
      String artifact, String place, Options options, Optional<Aggregation> instead) {}

  /**
   * The GPU that Spark assigned to the driver, or the CPU where there is none or it is asked for.
   */
  public static ComputeDevice onDriver(JobContext context) {
    Options options = Options.of(context);
    return device(assigned(options, context.spark().resources()), options);
  }

  private static ComputeDevice assigned(
      Options options, Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get("gpu");
    return options.device.equals("cpu") || gpu == null || gpu.addresses().length == 0
        ? ComputeDevice.cpu()
        : gpu(gpu.addresses()[0]);
  }

  /** The GPU that Spark assigned to the current task, or the CPU where that is asked for. */
  private static ComputeDevice wanted(Options options) {
    ComputeDevice assigned = assigned(options, TaskContext.get().resourcesJMap());
    if (assigned.gpu().isEmpty() && options.device.equals("gpu")) {
      throw new JobFailedException(
          "extract.device is gpu, but Spark assigned none to this task: set %s and"
              + " spark.executor.resource.gpu.amount, or use --device cpu",
          TASK_GPUS);
    }
    return assigned;
  }

  private static ComputeDevice gpu(String address) {
    if (!address.matches("\\d{1,4}")) {
      throw new JobFailedException(
          "Spark assigned the GPU '%s': its address must be the index that CUDA gives"
              + " it, from 0. Let the discovery script print indexes, as conf/discover-gpus does",
          address);
    }
    return ComputeDevice.gpu(Integer.parseInt(address));
  }

  /** Where the current task works, by the name that {@link Placement} has for it. */
  private static String place(ComputeDevice wanted, Options options) {
    Optional<String> lack = LibTorch.lack(wanted);
    if (lack.isEmpty()) {
      return wanted.toString();
    }
    if (!options.fallsBack) {
      throw new JobFailedException(
          "%s (--device cpu; or extract.fallback=cpu where only some GPUs are missing)",
          lack.get());
    }
    return Placement.insteadOf(wanted);
  }

  /** What {@link #open} gave the current task, for the run's record. */
  public static synchronized Placement placement(Options options) {
    String place = place(wanted(options), options);
    long open = OPEN.keySet().stream().filter(key -> key.place.equals(place)).count();
    return new Placement(SparkEnv.get().executorId(), place, Math.toIntExact(open));
  }

  /** The extractor of that artifact on the current task's device. */
  public static Extractor open(Store store, ArtifactManifest artifact, Options options) {
    return open(store, artifact, options, Optional.empty());
  }

  /**
   * An extractor with the network and the images of that artifact, and another aggregation.
   *
   * @param instead of the artifact's
   */
  public static Extractor open(
      Store store, ArtifactManifest artifact, Options options, Aggregation instead) {
    return open(store, artifact, options, Optional.of(instead));
  }

  /** What gives images' pixels as that artifact's network takes them, to be closed. */
  public static Extractor pixels(Store store, ArtifactManifest artifact, Options options) {
    return Extractor.ofPixels(spec(store, artifact), options.settings());
  }

  /** What a task does with an extractor. */
  @FunctionalInterface
  public interface Use<T> {
    T of(Extractor extractor) throws Exception;
  }

  /**
   * Gives the current task an extractor with another aggregation, and with what that artifact's
   * network has become. It is shared with other tasks until one needs a later network.
   *
   * @param network its TorchScript file
   */
  public static <T> T learnt(
      Store store,
      ArtifactManifest artifact,
      Options options,
      Aggregation instead,
      Broadcast<byte[]> network,
      Use<T> use)
      throws Exception {
    Learnt learnt;
    synchronized (ExecutorExtractors.class) {
      ComputeDevice wanted = wanted(options);
      String place = place(wanted, options);
      learnt = LEARNT.get(place);
      if (learnt == null || learnt.network != network.id()) {
        if (learnt != null) {
          LEARNT.remove(place).retire();
        }
        ExtractorSpec spec = spec(store, artifact).with(instead);
        learnt =
            new Learnt(network.id(), open(spec, network.value(), device(wanted, options), options));
        LEARNT.put(place, learnt);
      }
      learnt.users++;
    }
    try {
      return use.of(learnt.extractor);
    } finally {
      synchronized (ExecutorExtractors.class) {
        learnt.users--;
        learnt.closeIfUnused();
      }
    }
  }

  /** An extractor of a network that learns, in one of its states. */
  private static final class Learnt {
    private final long network;
    private final Extractor extractor;
    private int users;
    private boolean isRetired;

    Learnt(long network, Extractor extractor) {
      this.network = network;
      this.extractor = extractor;
    }

    void retire() {
      isRetired = true;
      closeIfUnused();
    }

    /** A task that nobody waits for any more may be at work. */
    void closeIfUnused() {
      if (isRetired && users == 0) {
        extractor.close();
      }
    }
  }

  private static Extractor open(
      ExtractorSpec spec, byte[] network, ComputeDevice device, Options options) {
    requireMeantFor(device, spec);
    BackboneCard card = spec.backbone().trained(Sha256.hex(network), "in training");
    try {
      Path file = Files.createTempFile("remap-network", ".pt");
      try {
        Files.write(file, network);
        return Extractor.open(spec.with(card), List.of(file), device, options.settings());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ComputeDevice device(ComputeDevice wanted, Options options) {
    return place(wanted, options).equals(wanted.toString()) ? wanted : ComputeDevice.cpu();
  }

  private static synchronized Extractor open(
      Store store, ArtifactManifest artifact, Options options, Optional<Aggregation> instead) {
    ComputeDevice wanted = wanted(options);
    String place = place(wanted, options);
    ComputeDevice device = device(wanted, options);
    return OPEN.computeIfAbsent(
        new Key(artifact.id(), place, options, instead),
        key -> {
          ExtractorSpec own = spec(store, artifact);
          ExtractorSpec spec = instead.map(own::with).orElse(own);
          requireMeantFor(device, own);
          List<Path> files =
              IntStream.range(0, spec.isGiven() ? 0 : spec.backbones().size())
                  .mapToObj(i -> LocalCache.fetch(store, artifact.file(Backbones.name(i))))
                  .toList();
          return Extractor.open(spec, files, device, options.settings());
        });
  }

  private static void requireMeantFor(ComputeDevice device, ExtractorSpec spec) {
    spec.backbones().stream()
        .filter(card -> device.gpu().isPresent() && card.isForCpus())
        .findFirst()
        .ifPresent(
            card -> {
              throw new JobFailedException(
                  "The backbone '%s' is for CPUs alone (precision %s), and Spark assigned %s to this"
                      + " task: export it with --precision float32 or bf16, or use --device cpu",
                  card.name(), card.precision(), device);
            });
  }

  /** The spec that an extractor's artifact carries. */
  public static ExtractorSpec spec(Store store, ArtifactManifest artifact) {
    byte[] json = store.readVerified(artifact.file(ExtractorFiles.SPEC));
    return ExtractorSpec.parse(new String(json, StandardCharsets.UTF_8));
  }
}
