package dev.remap.jobs.job;

import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.ExtractorSettings;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.ArtifactManifest;
import dev.remap.jobs.store.Store;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * One extractor per executor and device, opened by the first task that needs it and shared by the
 * others.
 */
final class ExecutorExtractors {
  private static final Map<String, Extractor> OPEN = new HashMap<>();

  private ExecutorExtractors() {}

  /**
   * How tasks are to extract; travels to them.
   *
   * @param device auto, cpu or gpu
   */
  record Options(
      String device, int decodeThreads, int window, Duration readTimeout, Duration decodeTimeout)
      implements Serializable {

    static Options of(JobContext context) {
      String device = context.settings().string("extract.device");
      if (!device.matches("auto|cpu|gpu")) {
        throw new InputException("extract.device is %s: it must be auto, cpu or gpu", device);
      }
      int threads = context.settings().integer("extract.decode-threads", 0, 256);
      return new Options(
          device,
          threads == 0
              ? Math.max(2, context.spark().getConf().getInt("spark.task.cpus", 1))
              : threads,
          context.settings().integer("extract.window", 1, 1 << 20),
          context.settings().duration("image.read-timeout"),
          context.settings().duration("image.decode-timeout"));
    }

    private ExtractorSettings settings() {
      return new ExtractorSettings(
          decodeThreads,
          window,
          ExtractorSettings.defaults(1).pixelBytes(),
          readTimeout,
          decodeTimeout);
    }
  }

  /**
   * The device of the current task: the GPU that Spark assigned to it, or the CPU where that is
   * allowed.
   */
  static ComputeDevice device(Options options) {
    Map<String, ResourceInformation> resources = TaskContext.get().resourcesJMap();
    ResourceInformation gpu = resources.get("gpu");
    if (options.device.equals("cpu")) {
      return ComputeDevice.cpu();
    }
    if (gpu != null && gpu.addresses().length > 0) {
      return ComputeDevice.gpu(Integer.parseInt(gpu.addresses()[0]));
    }
    if (options.device.equals("gpu")) {
      throw new JobFailedException(
          "extract.device is gpu, but Spark assigned none to this task: set spark.task.resource.gpu.amount"
              + " and spark.executor.resource.gpu.amount, or use --device cpu");
    }
    return ComputeDevice.cpu();
  }

  /** The extractor of that artifact on the current task's device. */
  static synchronized Extractor open(Store store, ArtifactManifest artifact, Options options) {
    ComputeDevice device = device(options);
    return OPEN.computeIfAbsent(
        artifact.id() + "@" + device + "@" + options,
        key -> {
          ExtractorSpec spec = spec(store, artifact);
          Path file = LocalCache.fetch(store, artifact.file(ExtractorFiles.BACKBONE));
          return Extractor.open(spec, file, device, options.settings());
        });
  }

  /** The spec that an extractor's artifact carries. */
  static ExtractorSpec spec(Store store, ArtifactManifest artifact) {
    byte[] json = store.readVerified(artifact.file(ExtractorFiles.SPEC));
    return ExtractorSpec.parse(new String(json, StandardCharsets.UTF_8));
  }
}
