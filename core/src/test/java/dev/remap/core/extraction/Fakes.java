package dev.remap.core.extraction;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.DeviceOutOfMemoryException;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.RgbImage;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** An extractor without libtorch and image files: cheap, exact, and able to fail on demand. */
final class Fakes {
  static final int BATCH = 4;
  static final byte DAMAGED = 'X';

  /** Map = pixels: three channels, stride 1. */
  static final BackboneCard CARD =
      new BackboneCard(
          1,
          "pixels",
          List.of(new Tap("pixels", 3, 1)),
          List.of(1f, 1f, 1f),
          List.of(0f, 0f, 0f),
          "float32",
          "none",
          "test",
          "ab".repeat(32));

  static final ExtractorSpec SPEC =
      new ExtractorSpec(
          1,
          CARD,
          new RemapAggregator.Remap(RegionWeights.ones(1, 2)),
          List.of(new Scale(8, 6, 2f), new Scale(12, 9, 1.4f)),
          BATCH,
          new ImageLimits(1_000, 1_000));

  private Fakes() {}

  static ExtractorSettings settings(int threads, int window) {
    return settings(threads, threads, window);
  }

  static ExtractorSettings settings(int decodeThreads, int poolingThreads, int window) {
    Duration ages = Duration.ofMinutes(5);
    return new ExtractorSettings(
        decodeThreads, poolingThreads, window, 1 << 20, ages, ages, new DecodeMemory(100));
  }

  /** Something that reads. */
  interface Read {
    byte[] bytes() throws IOException, ImageException;
  }

  static ImageSource source(String id, Read read) {
    return new ImageSource() {
      @Override
      public String imageId() {
        return id;
      }

      @Override
      public byte[] read() throws IOException, ImageException {
        return read.bytes();
      }
    };
  }

  /** A readable image: landscape or portrait by the seed, with random pixels. */
  static ImageSource image(int seed) {
    return source("image-" + seed, () -> encoded(seed));
  }

  static byte[] encoded(int seed) {
    return new byte[] {(byte) (seed % 3 == 0 ? 'P' : 'L'), (byte) seed};
  }

  static Prepared prepare(byte[] encoded) throws ImageException {
    if (encoded[0] == DAMAGED) {
      throw new ImageException("damaged on purpose");
    }
    Aspect layout = encoded[0] == 'P' ? Aspect.PORTRAIT : Aspect.LANDSCAPE;
    Random random = new Random(encoded[1]);
    List<RgbImage> pixels = new ArrayList<>();
    for (Scale scale : SPEC.scales()) {
      byte[] rgb = new byte[(int) scale.bytes()];
      random.nextBytes(rgb);
      ImageShape shape = layout.shape(scale);
      pixels.add(new RgbImage(shape.width(), shape.height(), rgb));
    }
    return new Prepared(1000 + encoded[1], 2000, layout, pixels);
  }

  /** Σ weight · aggregate, image by image, without batches. */
  static float[] expected(int seed) throws ImageException {
    float[] sum = new float[3];
    for (int scale = 0; scale < 2; scale++) {
      float[] raw = raw(seed, scale);
      for (int i = 0; i < 3; i++) {
        sum[i] += SPEC.scales().get(scale).weight() * raw[i];
      }
    }
    return sum;
  }

  /** The aggregate at one scale. */
  static float[] raw(int seed, int scale) throws ImageException {
    RgbImage pixels = prepare(encoded(seed)).pixels().get(scale);
    float[] raw = new float[3];
    SPEC.aggregation()
        .on(CARD.taps())
        .aggregate(List.of(map(ByteBuffer.wrap(pixels.pixels()), 1, pixels.shape())), 0, raw);
    return raw;
  }

  private static FeatureMap map(ByteBuffer nhwc, int batch, ImageShape shape) {
    int area = shape.width() * shape.height();
    FloatBuffer values = FloatBuffer.allocate(batch * 3 * area);
    for (int i = 0; i < batch * area; i++) {
      for (int c = 0; c < 3; c++) {
        int value = Byte.toUnsignedInt(nhwc.get(3 * i + c));
        values.put((i / area * 3 + c) * area + i % area, value);
      }
    }
    return new FeatureMap(batch, 3, shape.height(), shape.width(), values);
  }

  /** Records its calls and does before each what a test wants. */
  static final class FakeNetwork implements Network {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    Consumer<Integer> beforeBatch = batch -> {};
    BiConsumer<Integer, ImageShape> before = (batch, shape) -> {};
    Consumer<FeatureMap> onMap = map -> {};
    boolean closed;

    @Override
    public void forward(
        ByteBuffer nhwc, int batch, ImageShape shape, Consumer<List<FeatureMap>> use) {
      if (nhwc.remaining() != batch * 3 * shape.width() * shape.height()) {
        throw new IllegalArgumentException("buffer of " + nhwc.remaining() + " bytes");
      }
      beforeBatch.accept(batch);
      before.accept(batch, shape);
      calls.add(batch + "*" + shape.width() + "x" + shape.height());
      FeatureMap map = map(nhwc, batch, shape);
      onMap.accept(map);
      use.accept(List.of(map));
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** The exception is libtorch's to throw, so its constructor is not public. */
  static DeviceOutOfMemoryException outOfMemory() {
    try {
      Constructor<DeviceOutOfMemoryException> constructor =
          DeviceOutOfMemoryException.class.getDeclaredConstructor(String.class, Throwable.class);
      constructor.setAccessible(true);
      return constructor.newInstance("CUDA out of memory, on purpose", null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
