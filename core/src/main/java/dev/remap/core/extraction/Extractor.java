package dev.remap.core.extraction;

import dev.remap.core.backbone.Backbone;
import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.extraction.BatchDescriber.OutOfMemory;
import dev.remap.core.image.Mats;
import dev.remap.core.natives.CoreNatives;
import dev.remap.core.pooling.Aggregator;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Images to raw descriptors, on one device. Safe for several {@link #extract} calls at once, which
 * share the networks and nothing else.
 *
 * <p>A descriptor depends only on its image, the spec and the device class, never on the settings,
 * on the images beside it or on which of them failed. (On a GPU whose memory runs out at a shape,
 * batches of that shape are halved for the rest of the call, which may change last bits.)
 */
public final class Extractor implements AutoCloseable {
  private final ExtractorSpec spec;
  private final ExtractorSettings settings;
  private final Network network;
  private final Preprocessor preparer;
  private final Aggregator aggregator;
  private final OutOfMemory policy;
  private final AtomicInteger hanging = new AtomicInteger();
  private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /**
   * @param network null where descriptors are given
   * @param preparer null where descriptors are given
   */
  Extractor(
      ExtractorSpec spec,
      ExtractorSettings settings,
      Network network,
      Preprocessor preparer,
      OutOfMemory policy) {
    this.spec = spec;
    this.settings = settings;
    this.network = network;
    this.preparer = preparer;
    this.aggregator = spec.aggregation().on(spec.taps());
    this.policy = policy;
  }

  /**
   * Loads the networks onto the device; where descriptors are given, there is nothing to load.
   *
   * @param torchScripts the backbone files that the spec's cards name, in their order
   * @throws IllegalArgumentException if a file is not the one of its card
   * @throws IllegalStateException if the device or OpenCV is not there
   */
  public static Extractor open(
      ExtractorSpec spec,
      List<Path> torchScripts,
      ComputeDevice device,
      ExtractorSettings settings) {
    if (spec.isGiven()) {
      return new Extractor(spec, settings, null, null, OutOfMemory.FAIL);
    }
    // Without what decodes, fail here instead of rejecting every image.
    new Mats().close();
    CoreNatives.load();
    return new Extractor(
        spec,
        settings,
        load(spec.backbones(), torchScripts, device),
        Preprocessor.of(spec.limits(), spec.scales()),
        device.gpu().isPresent() ? OutOfMemory.HALVE : OutOfMemory.FAIL);
  }

  /**
   * Gives images' pixels as the networks of a spec with one scale, of weight 1, would take them: R,
   * G, B in 0..255, row by row.
   */
  public static Extractor ofPixels(ExtractorSpec spec, ExtractorSettings settings) {
    new Mats().close();
    CoreNatives.load();
    ExtractorSpec pixels =
        spec.with(new PixelValues(Math.toIntExact(spec.scales().get(0).bytes())));
    return new Extractor(
        pixels,
        settings,
        new PixelValues.Unchanged(),
        Preprocessor.of(spec.limits(), spec.scales()),
        OutOfMemory.FAIL);
  }

  private static Network load(
      List<BackboneCard> cards, List<Path> torchScripts, ComputeDevice device) {
    if (torchScripts.size() != cards.size()) {
      throw new IllegalArgumentException(
          "%d backbone files for %d cards".formatted(torchScripts.size(), cards.size()));
    }
    List<Network> loaded = new ArrayList<>();
    try {
      for (int i = 0; i < cards.size(); i++) {
        loaded.add(Network.of(Backbone.load(torchScripts.get(i), cards.get(i), device)));
      }
      return Network.joined(loaded);
    } catch (RuntimeException | Error e) {
      loaded.forEach(Network::close);
      throw e;
    }
  }

  /** What it was opened with. */
  public ExtractorSpec spec() {
    return spec;
  }

  /** Components of a descriptor. */
  public int dimension() {
    return spec.scaleCombination().dimension(aggregator.dimension());
  }

  /**
   * Describes images: one outcome for each source, in their order, whatever happens to single
   * images.
   *
   * <p>Sources are taken and outcomes given on the calling thread, which also runs the network;
   * reading and decoding go on beside it, at most a window and {@code pixel-bytes} ahead, and
   * pooling takes {@code pooling-threads}, of which the calling one is the first. Memory does not
   * grow with the number of sources: pixels ahead, at most two unfinished batches, what the decoder
   * needs per thread, and a window of descriptors.
   *
   * <p>When this returns or throws, its threads have ended, but for those that hang in a read or a
   * decode and do not follow an interrupt: these end (daemons) when they come back.
   *
   * @return where its time went
   * @throws InterruptedException if the calling thread is interrupted
   * @throws IllegalStateException if the extractor is closed, more than max(8, 4 · decode-threads)
   *     reads and decodes hang, or the network fails
   */
  public ExtractionTimes extract(
      Iterator<? extends ImageSource> images, Consumer<? super Outcome> sink)
      throws InterruptedException {
    return extract(images, sink, ExtractionWatch.NONE);
  }

  /**
   * The same, while somebody looks on.
   *
   * @throws InterruptedException if the calling thread is interrupted
   */
  public ExtractionTimes extract(
      Iterator<? extends ImageSource> images, Consumer<? super Outcome> sink, ExtractionWatch watch)
      throws InterruptedException {
    if (closed) {
      throw new IllegalStateException("the extractor is closed");
    }
    if (spec.isGiven()) {
      ExtractionTimes times = new GivenVectors(dimension(), spec.metric()).take(images, sink);
      watch.look(0, 0, times);
      return times;
    }
    ByteBuffer buffer = buffer();
    TimeSheet times = new TimeSheet();
    try (DecodeWorkers workers = new DecodeWorkers(preparer, settings, hanging);
        ParallelFor pooling = new ParallelFor(settings.poolingThreads())) {
      BatchDescriber describer =
          new BatchDescriber(spec, network, aggregator, policy, buffer, pooling, times);
      new Extraction(images, sink, spec, settings, describer, workers, times, watch).run();
      ExtractionTimes all = times.times();
      watch.look(0, 0, all);
      return all;
    } finally {
      buffers.add(buffer);
    }
  }

  /** Direct memory is freed late, so that of finished calls is used again. */
  private ByteBuffer buffer() {
    ByteBuffer used = buffers.poll();
    long image = spec.scales().stream().mapToLong(Scale::bytes).max().orElseThrow();
    return used != null
        ? used
        : ByteBuffer.allocateDirect(Math.toIntExact(spec.batchSize() * image));
  }

  /** Frees the networks. Not while {@link #extract} runs. */
  @Override
  public void close() {
    closed = true;
    if (network != null) {
      network.close();
    }
  }
}
