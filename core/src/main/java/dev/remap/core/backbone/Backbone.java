package dev.remap.core.backbone;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import dev.remap.core.image.ImageShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A TorchScript network on one device. Owns its weights there until {@link #close}, which comes
 * after closing the feature maps it gave.
 *
 * <p>Safe for several threads at once: the network is read only, and every call works in memory of
 * its own. Two calls with the same shape, batch and pixels give the same bits on one device class,
 * and an image's maps do not depend on the other images of its batch; between batch sizes the last
 * bits differ, so callers pad batches to a fixed size.
 */
public final class Backbone implements AutoCloseable {
  // Java buffers end at 2 GiB; the rest is for borders that the stride does not divide.
  private static final long MAX_MAP_BYTES = 1_900_000_000L;

  private static final int USUAL_STRIDE = 32;

  private final BackboneCard card;
  private final Model model;
  private final NDArray scale;
  private final NDArray shift;

  private Backbone(BackboneCard card, Model model) {
    this.card = card;
    this.model = model;
    this.scale = perChannel(card.scale());
    this.shift = perChannel(card.shift());
  }

  /**
   * Loads a network, and checks it against its card: the hash of the file, then by a small forward
   * pass the number of taps, their channels and strides.
   *
   * @throws IllegalArgumentException if the file is missing, has another hash, is no TorchScript,
   *     or does not do what the card says; naming both
   * @throws IllegalStateException if the device is a GPU that is not there, or that cannot load it
   */
  public static Backbone load(Path torchScript, BackboneCard card, ComputeDevice device) {
    return load(torchScript, card, device, Map.of("mapLocation", "true"));
  }

  /** The same, with parameters that may take gradients. */
  static Backbone loadTrainable(Path torchScript, BackboneCard card, ComputeDevice device) {
    return load(torchScript, card, device, Map.of("mapLocation", "true", "trainParam", "true"));
  }

  private static Backbone load(
      Path torchScript, BackboneCard card, ComputeDevice device, Map<String, String> options) {
    FileHash.verify(torchScript, card);
    if (card.isForCpus() && device.gpu().isPresent()) {
      throw new IllegalStateException(
          "The backbone '%s' is for CPUs alone (precision %s), and the device is %s: export it with --precision float32 or bf16, or ask for the CPU"
              .formatted(card.name(), card.precision(), device));
    }
    Device place = LibTorch.device(device);
    Model model = Model.newInstance(card.name(), place, LibTorch.ENGINE);
    try {
      // mapLocation is straight onto the device: constants inside the script would not follow a
      // later move.
      model.load(torchScript, null, options);
      Backbone backbone = new Backbone(card, model);
      backbone.checkTaps(torchScript);
      return backbone;
    } catch (IOException e) {
      model.close();
      throw new UncheckedIOException("Cannot read the backbone " + torchScript, e);
    } catch (MalformedModelException | EngineException e) {
      model.close();
      throw unloadable(torchScript, place, e);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  public BackboneCard card() {
    return card;
  }

  /**
   * Computes the feature maps of a batch.
   *
   * @param nhwc batch · height · width · 3 remaining bytes R, G, B in 0..255; read in place where
   *     it is direct. Neither its content nor its position changes
   * @param batch number of images, at least 1
   * @param shape of every image
   * @return one map per tap, to be closed by the caller
   * @throws DeviceOutOfMemoryException if the batch does not fit into the device's memory
   * @throws IllegalStateException if the network fails for another reason
   */
  public FeatureMaps forward(ByteBuffer nhwc, int batch, ImageShape shape) {
    checkInput(nhwc, batch, shape);
    NDManager memory = memory();
    try {
      return new FeatureMaps(LibTorch.compute(() -> run(memory, nhwc, batch, shape)), memory);
    } catch (EngineException e) {
      memory.close();
      throw failure(e, batch, shape);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  @Override
  public void close() {
    model.close();
  }

  private List<FeatureMap> run(NDManager memory, ByteBuffer nhwc, int batch, ImageShape shape) {
    NDList input = new NDList(input(memory, nhwc, batch, shape));
    LibTorch.interpretPlainly();
    NDList output = model.getBlock().forward(new ParameterStore(memory, false), input, false);
    List<FeatureMap> maps = new ArrayList<>();
    for (NDArray map : output) {
      maps.add(view(map));
    }
    return maps;
  }

  /** What the network takes. */
  NDArray input(NDManager memory, ByteBuffer nhwc, int batch, ImageShape shape) {
    Shape size = new Shape(batch, shape.height(), shape.width(), 3);
    // The slice: DJL hands the start of a direct buffer to libtorch, whatever its position.
    NDArray pixels = memory.create(nhwc.slice(), size, DataType.UINT8);
    NDArray scaled = pixels.toType(DataType.FLOAT32, false).muli(scale).addi(shift);
    // A view of NHWC as NCHW is what libtorch calls channels_last: 1.2 times as fast for ResNets.
    return scaled.transpose(0, 3, 1, 2);
  }

  /** The network. */
  Block block() {
    return model.getBlock();
  }

  /** Memory on its device, to be closed by the caller. */
  NDManager memory() {
    return model.getNDManager().newSubManager();
  }

  static FeatureMap view(NDArray map) {
    // A fully connected layer has no cells.
    Shape shape = map.getShape().dimension() == 2 ? map.getShape().add(1, 1) : map.getShape();
    if (shape.dimension() != 4 || map.getDataType() != DataType.FLOAT32) {
      throw new IllegalArgumentException(
          "A tap has shape %s and type %s; wanted is a float32 map (batch, channels, height, width)"
              .formatted(shape, map.getDataType()));
    }
    // Flattening is what brings a channels_last map into NCHW order; otherwise it is a view.
    ByteBuffer values = map.flatten().toByteBuffer(true).order(ByteOrder.nativeOrder());
    map.close();
    return new FeatureMap(
        (int) shape.get(0),
        (int) shape.get(1),
        (int) shape.get(2),
        (int) shape.get(3),
        values.asFloatBuffer());
  }

  private void checkTaps(Path torchScript) {
    ImageShape shape = probed();
    List<String> promised =
        card.taps().stream()
            .map(t -> describe(t.channels(), t.cells(shape.width()), t.cells(shape.height())))
            .toList();
    List<String> given = probe(torchScript, shape);
    if (!given.equals(promised)) {
      throw new IllegalArgumentException(
          "For a picture of %dx%d the card '%s' promises %s, but %s gives %s"
              .formatted(shape.width(), shape.height(), card.name(), promised, torchScript, given));
    }
  }

  private ImageShape probed() {
    int unit = card.taps().stream().mapToInt(Tap::stride).max().orElseThrow();
    int cell = unit == Tap.ONE_CELL ? USUAL_STRIDE : unit;
    return card.side().isPresent()
        ? new ImageShape(card.side().getAsInt(), card.side().getAsInt())
        : new ImageShape(3 * cell, 2 * cell);
  }

  private List<String> probe(Path torchScript, ImageShape shape) {
    ByteBuffer black = ByteBuffer.allocateDirect(3 * shape.width() * shape.height());
    try (FeatureMaps maps = forward(black, 1, shape)) {
      return maps.taps().stream()
          .map(map -> describe(map.channels(), map.width(), map.height()))
          .toList();
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(torchScript + " does not run: " + e.getMessage(), e);
    }
  }

  private static String describe(int channels, int width, int height) {
    return channels + " channels of " + width + "x" + height;
  }

  private void checkInput(ByteBuffer nhwc, int batch, ImageShape shape) {
    long wanted = 3L * batch * shape.width() * shape.height();
    if (batch < 1 || nhwc.remaining() != wanted) {
      throw new IllegalArgumentException(
          "A batch of %d images of %dx%d is %d bytes, but the buffer has %d"
              .formatted(batch, shape.width(), shape.height(), wanted, nhwc.remaining()));
    }
    for (Tap tap : card.taps()) {
      long cells = tap.isOneCell() ? batch : (wanted / 3) / ((long) tap.stride() * tap.stride());
      if (cells * tap.channels() * Float.BYTES > MAX_MAP_BYTES) {
        throw new IllegalArgumentException(
            "The map '%s' of %d images of %dx%d does not fit into a buffer of 2 GB: smaller batch!"
                .formatted(tap.name(), batch, shape.width(), shape.height()));
      }
    }
  }

  private static RuntimeException unloadable(Path torchScript, Device place, Exception e) {
    return DeviceOutOfMemoryException.isMeantBy(e.getMessage())
        ? new DeviceOutOfMemoryException(torchScript + " does not fit on " + place, e)
        : new IllegalArgumentException(
            torchScript + " is not a TorchScript file that libtorch loads: " + e.getMessage(), e);
  }

  private RuntimeException failure(EngineException e, int batch, ImageShape shape) {
    String what =
        "Backbone '%s' on %d images of %dx%d on %s: %s"
            .formatted(
                card.name(),
                batch,
                shape.width(),
                shape.height(),
                model.getNDManager().getDevice(),
                e.getMessage());
    return DeviceOutOfMemoryException.isMeantBy(e.getMessage())
        ? new DeviceOutOfMemoryException(what, e)
        : new IllegalStateException(what, e);
  }

  private NDArray perChannel(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return model.getNDManager().create(array);
  }
}
