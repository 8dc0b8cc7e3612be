package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.backbone.LearningPart;
import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.extraction.Scale;
import dev.remap.core.image.ImageShape;
import dev.remap.core.training.BackboneRegions;
import dev.remap.core.training.head.HeadShape;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The network on the driver while it learns: its images' pixels, which tasks have read, and what it
 * makes of them.
 */
final class NetworkLearning implements AutoCloseable {
  /** Images of a task: their pixels travel to the driver at once. */
  private static final int PART = 32;

  /** A checkpoint, of four floats for each number, must fit into an array. */
  private static final long MOST = 100_000_000;

  /** Values, moments, the best, gradients, and a checkpoint with its copy while it is written. */
  private static final int BYTES_OF_NUMBER = 100;

  /** The same, once more for each thread: its share of the gradient. */
  private static final int BYTES_OF_SHARE = 16;

  /** Threads that are taken unasked: each has a copy of the network. */
  private static final int MOST_CHOSEN = 16;

  private final JobContext context;
  private final List<TrainableBackbone> copies;
  private final RegionPass pass;
  private final PixelCache pixels;
  private final RegionCache now;

  private NetworkLearning(
      List<TrainableBackbone> copies, RegionPass pass, PixelCache pixels, RegionCache now) {
    this.context = pass.context();
    this.copies = List.copyOf(copies);
    this.pass = pass;
    this.pixels = pixels;
    this.now = now;
  }

  /** Loads the network, or fails saying why it cannot learn. */
  static TrainableBackbone load(JobContext context, ExtractorFiles files, TrainSettings settings) {
    try {
      TrainableBackbone backbone =
          TrainableBackbone.load(
              files.torchScripts().get(0),
              files.spec().backbone(),
              settings.network(),
              device(context, files));
      try {
        requireFit(backbone, settings, threads(context, settings, backbone));
        Scale scale = files.spec().scales().get(0);
        backbone.requireEffect(new ImageShape(scale.longSide(), scale.shortSide()));
      } catch (RuntimeException | Error e) {
        backbone.close();
        throw e;
      }
      return backbone;
    } catch (IllegalArgumentException e) {
      throw new InputException("--parts network (train.network): %s", e.getMessage());
    }
  }

  /** Networks for CPUs have no parameters, which is what is said of them. */
  private static ComputeDevice device(JobContext context, ExtractorFiles files) {
    return files.spec().backbone().isForCpus()
        ? ComputeDevice.cpu()
        : ExecutorExtractors.onDriver(context);
  }

  private static void requireFit(TrainableBackbone backbone, TrainSettings settings, int threads) {
    long numbers = numbers(backbone);
    long memory = Runtime.getRuntime().maxMemory();
    long each = BYTES_OF_NUMBER + (long) threads * BYTES_OF_SHARE;
    if (numbers > Math.min(MOST, memory / each)) {
      throw new InputException(
          "train.network is %s, which is %,d numbers of the network '%s': at most %,d can learn, and"
              + " by %s there must be %s of heap for each, of which this process has %s. Choose"
              + " fewer layers, or fewer threads (train.threads)",
          settings.network().text(),
          numbers,
          backbone.card().name(),
          MOST,
          Console.count(threads, "thread"),
          Console.bytes(each),
          Console.bytes(memory));
    }
  }

  private static long numbers(TrainableBackbone backbone) {
    return Arrays.stream(backbone.lengths()).asLongStream().sum();
  }

  /** What learns, and where, in words. */
  static String about(JobContext context, TrainableBackbone backbone) {
    List<String> names = backbone.names();
    return "%s of the network learn on %s, from %s to %s, %,d numbers"
        .formatted(
            Console.count(names.size(), "tensor"),
            ExecutorExtractors.onDriver(context),
            names.get(0),
            names.get(names.size() - 1),
            numbers(backbone));
  }

  /** What it keeps on the driver's disk of so many images. */
  static long bytes(HeadShape shape, Scale scale, int images) {
    return RegionCache.bytes(shape, images) + PixelCache.bytes(scale, images);
  }

  /**
   * Loads the network once for each thread, and has tasks read the images that have been described.
   *
   * @param pass that has described them
   * @param files of the extractor whose network it is
   * @param start what they were described as
   */
  static NetworkLearning of(
      RegionPass pass, ExtractorFiles files, TrainSettings settings, RegionCache start) {
    NetworkLearning learning =
        new NetworkLearning(
            copies(pass.context(), files, settings),
            pass,
            new PixelCache(files.spec().scales().get(0)),
            new RegionCache(start.shape(), start.images()));
    try {
      learning.fill(start);
      return learning;
    } catch (RuntimeException | Error e) {
      learning.close();
      throw e;
    }
  }

  private static List<TrainableBackbone> copies(
      JobContext context, ExtractorFiles files, TrainSettings settings) {
    List<TrainableBackbone> copies = new ArrayList<>();
    try {
      copies.add(load(context, files, settings));
      int threads = threads(context, settings, copies.get(0));
      while (copies.size() < threads) {
        copies.add(load(context, files, settings));
      }
      return copies;
    } catch (RuntimeException | Error e) {
      copies.forEach(TrainableBackbone::close);
      throw e;
    }
  }

  private void fill(RegionCache start) {
    List<WeighImage> all = pass.images();
    List<Integer> described = IntStream.range(0, all.size()).filter(start::has).boxed().toList();
    List<ArrayList<WeighImage>> parts = new ArrayList<>();
    for (int from = 0; from < described.size(); from += PART) {
      int to = Math.min(described.size(), from + PART);
      parts.add(new ArrayList<>(described.subList(from, to).stream().map(all::get).toList()));
    }
    PixelTask task =
        new PixelTask(
            Layout.extractor(pass.extractor().id()),
            pass.seed(),
            WeighImage.Limits.of(context.settings()),
            ExecutorExtractors.Options.of(context));
    new UnitRunner(context, "pictures")
        .forEach(
            parts,
            described.size(),
            task,
            (part, read) -> {
              for (int i = 0; i < read.size(); i++) {
                pixels.write(described.get(part * PART + i), read.get(i));
              }
            });
  }

  /** Region vectors that change with the network. */
  BackboneRegions regions(RegionCache start, TrainSettings settings) {
    return new BackboneRegions(
        copies,
        pixels::read,
        start,
        now,
        (network, images, to) -> pass.again(network.toTorchScript(), images, to),
        settings.augmentation());
  }

  /**
   * What the settings say; on a GPU one; or the cores of this machine that are this run's (where
   * tasks are threads of this process, theirs), as far as the heap has room for a share each.
   */
  private static int threads(
      JobContext context, TrainSettings settings, TrainableBackbone backbone) {
    if (settings.threads() > 0) {
      return settings.threads();
    }
    if (ExecutorExtractors.onDriver(context).gpu().isPresent()) {
      return 1;
    }
    int ours = cores(context);
    long each = Runtime.getRuntime().maxMemory() / Math.max(1, numbers(backbone)) - BYTES_OF_NUMBER;
    return (int) Math.max(1, Math.min(Math.min(ours, MOST_CHOSEN), each / BYTES_OF_SHARE));
  }

  /** The cores of this machine that are this run's. */
  static int cores(JobContext context) {
    int cores = Runtime.getRuntime().availableProcessors();
    return context.spark().isLocal()
        ? Math.min(cores, context.spark().defaultParallelism())
        : cores;
  }

  /**
   * The network and its card.
   *
   * @param values what has learnt
   * @param part that has learnt
   * @param how it was trained
   */
  Map<String, byte[]> files(double[] values, LearningPart part, String how) {
    TrainableBackbone backbone = copies.get(0);
    backbone.put(values);
    byte[] network = backbone.toTorchScript();
    BackboneCard card = backbone.card().trained(Sha256.hex(network), how);
    requireLearnt(network, card, part);
    return Map.of(
        Weights.BACKBONE, network, Weights.CARD, card.toJson().getBytes(StandardCharsets.UTF_8));
  }

  /** Reads it back: a module may write what it was made from instead of what it has become. */
  private void requireLearnt(byte[] network, BackboneCard card, LearningPart part) {
    try {
      Path file = Files.createTempFile("remap-network", ".pt");
      try {
        Files.write(file, network);
        try (TrainableBackbone written =
            TrainableBackbone.load(file, card, part, ComputeDevice.cpu())) {
          if (!Arrays.equals(written.values(), copies.get(0).values())) {
            throw new JobFailedException(
                "The network '%s' cannot be written: its file has other numbers than it has learnt."
                    + " Export it by bin/export-backbone --trainable",
                card.name());
          }
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (pixels;
        now) {
      copies.forEach(TrainableBackbone::close);
    }
  }
}
