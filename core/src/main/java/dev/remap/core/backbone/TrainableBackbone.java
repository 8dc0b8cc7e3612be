package dev.remap.core.backbone;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.PairList;
import dev.remap.core.backbone.LearningPart.Named;
import dev.remap.core.image.ImageShape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A TorchScript network on one device, some of whose parameters learn. Libtorch differentiates the
 * network alone: what follows it gives the gradient by its maps. Batch norms keep their statistics.
 *
 * <p>{@link #forward} is safe for several threads at once, as long as no other method runs; all
 * else is for one thread: others learn by a copy that they load themselves. The same calls give the
 * same bits.
 */
public final class TrainableBackbone implements AutoCloseable {
  private final Backbone backbone;
  private final List<Parameter> learning;

  private TrainableBackbone(Backbone backbone, List<Parameter> learning) {
    this.backbone = backbone;
    this.learning = learning;
  }

  /**
   * Loads a network.
   *
   * @throws IllegalArgumentException as {@link Backbone#load}; if the file's weights are constants;
   *     or if no parameter is chosen
   */
  public static TrainableBackbone load(
      Path torchScript, BackboneCard card, LearningPart part, ComputeDevice device) {
    Backbone backbone = Backbone.loadTrainable(torchScript, card, device);
    try {
      return new TrainableBackbone(backbone, chosen(torchScript, backbone, part));
    } catch (RuntimeException | Error e) {
      backbone.close();
      throw e;
    }
  }

  private static List<Parameter> chosen(Path torchScript, Backbone backbone, LearningPart part) {
    PairList<String, Parameter> all = backbone.block().getParameters();
    if (all.isEmpty()) {
      throw new IllegalArgumentException(
          "The weights of the network '%s' (%s) are constants, which cannot learn: export it by"
                  .formatted(backbone.card().name(), torchScript)
              + " bin/export-backbone --trainable");
    }
    List<Boolean> chosen =
        part.of(
            all.values().stream()
                .map(it -> new Named(it.getName(), it.getArray().getShape().dimension()))
                .toList());
    List<Parameter> learning = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      all.valueAt(i).getArray().setRequiresGradient(chosen.get(i));
      if (chosen.get(i)) {
        learning.add(all.valueAt(i));
      }
    }
    return List.copyOf(learning);
  }

  public BackboneCard card() {
    return backbone.card();
  }

  /** The names of the parameters that learn. */
  public List<String> names() {
    return learning.stream().map(Parameter::getName).toList();
  }

  /** How many numbers each of them has. */
  public int[] lengths() {
    return learning.stream()
        .mapToInt(it -> Math.toIntExact(it.getArray().getShape().size()))
        .toArray();
  }

  /** As {@link Backbone#forward}, by the parameters as they are now. */
  public FeatureMaps forward(ByteBuffer nhwc, int batch, ImageShape shape) {
    return backbone.forward(nhwc, batch, shape);
  }

  /**
   * Adds to the gradient by the parameters.
   *
   * @param nhwc a batch of images, as {@link Backbone#forward} takes it
   * @param byMaps given the batch's maps, the gradient by each of their values; called once
   */
  public void learn(
      ByteBuffer nhwc,
      int batch,
      ImageShape shape,
      Function<List<FeatureMap>, List<float[]>> byMaps) {
    computing(
        true,
        memory -> {
          NDList maps =
              IValueUtils.forward(
                  block(), new NDList(backbone.input(memory, nhwc, batch, shape)), true);
          List<FeatureMap> views = new ArrayList<>();
          for (NDArray map : maps) {
            views.add(Backbone.view(map.stopGradient()));
          }
          backward(memory, maps, byMaps.apply(views));
          return null;
        });
  }

  /** That of Σ maps · gradients: its gradient by the maps is the one that is given. */
  private static void backward(NDManager memory, NDList maps, List<float[]> gradients) {
    NDArray sum = memory.zeros(new Shape());
    for (int i = 0; i < maps.size(); i++) {
      NDArray by = memory.create(gradients.get(i), maps.get(i).getShape());
      sum = sum.add(maps.get(i).mul(by).sum());
    }
    JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
  }

  /**
   * Sends one black image through, and its gradient back.
   *
   * @param shape that the network takes
   * @throws IllegalArgumentException if a chosen parameter decides nothing of the maps, such as
   *     that of a classifier behind them
   */
  public void requireEffect(ImageShape shape) {
    ByteBuffer black = ByteBuffer.allocateDirect(shape.height() * shape.width() * 3);
    List<String> without = new ArrayList<>();
    try {
      learn(
          black,
          1,
          shape,
          maps -> maps.stream().map(map -> ones(map.values().remaining())).toList());
    } catch (IllegalStateException e) {
      // That is what libtorch says where none of them does.
      throw new IllegalArgumentException(
          "No chosen parameter of the network '%s' (%s) decides anything of its maps: %s"
              .formatted(card().name(), String.join(", ", names()), e.getMessage()),
          e);
    }
    for (Parameter parameter : learning) {
      PtNDArray array = (PtNDArray) parameter.getArray();
      PtNDArray gradient = JniUtils.getGradient(array);
      if (gradient == null) {
        without.add(parameter.getName());
      } else {
        JniUtils.zeroGrad(array);
        gradient.close();
      }
    }
    if (!without.isEmpty()) {
      throw new IllegalArgumentException(
          "These parameters of the network '%s' decide nothing of its maps: %s. Choose others"
              .formatted(card().name(), String.join(", ", without)));
    }
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Adds what {@link #learn} has gathered, parameter by parameter, and forgets it. */
  public void takeGradient(double[] to) {
    int at = 0;
    for (Parameter parameter : learning) {
      PtNDArray array = (PtNDArray) parameter.getArray();
      PtNDArray gradient = JniUtils.getGradient(array);
      if (gradient == null) {
        at += Math.toIntExact(array.getShape().size());
        continue;
      }
      try (NDArray flat = gradient.flatten()) {
        for (float value : flat.toFloatArray()) {
          to[at++] += value;
        }
        JniUtils.zeroGrad(array);
      } finally {
        gradient.close();
      }
    }
  }

  /** The parameters that learn, one after the other. */
  public double[] values() {
    double[] values = new double[Arrays.stream(lengths()).sum()];
    int at = 0;
    for (Parameter parameter : learning) {
      try (NDArray flat = parameter.getArray().stopGradient().flatten()) {
        for (float value : flat.toFloatArray()) {
          values[at++] = value;
        }
      }
    }
    return values;
  }

  /** Replaces them, rounded to floats. */
  public void put(double[] values) {
    computing(
        false,
        memory -> {
          int at = 0;
          for (Parameter parameter : learning) {
            Shape shape = parameter.getArray().getShape();
            float[] rounded = new float[Math.toIntExact(shape.size())];
            for (int i = 0; i < rounded.length; i++) {
              rounded[i] = (float) values[at++];
            }
            // In place: the tensor keeps its memory, and the order of its numbers there.
            parameter.getArray().set(new NDIndex(":"), memory.create(rounded, shape));
          }
          return null;
        });
  }

  /** The network as a file that {@link Backbone#load} takes. */
  public byte[] toTorchScript() {
    requireGradients(false);
    try {
      return computing(
          false,
          memory -> {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            JniUtils.writeModule(block(), file, false);
            return file.toByteArray();
          });
    } finally {
      requireGradients(true);
    }
  }

  private void requireGradients(boolean required) {
    learning.forEach(it -> it.getArray().setRequiresGradient(required));
  }

  private PtSymbolBlock block() {
    return (PtSymbolBlock) backbone.block();
  }

  /** Whether libtorch records what it does is a switch of the thread. */
  private <T> T computing(boolean recording, Function<NDManager, T> work) {
    Supplier<T> computation =
        () -> {
          LibTorch.interpretPlainly();
          boolean before = JniUtils.isGradMode();
          JniUtils.setGradMode(recording);
          try (NDManager memory = backbone.memory()) {
            return work.apply(memory);
          } finally {
            JniUtils.setGradMode(before);
          }
        };
    try {
      return LibTorch.compute(computation);
    } catch (EngineException e) {
      throw new IllegalStateException(
          "The network '%s' cannot learn: %s".formatted(card().name(), e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    backbone.close();
  }
}
