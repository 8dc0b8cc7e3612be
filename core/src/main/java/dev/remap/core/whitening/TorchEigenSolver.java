package dev.remap.core.whitening;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import dev.remap.core.backbone.LibTorch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * {@code torch.linalg.eigh} in float64 on the CPU, through a scripted TorchScript resource (see the
 * README beside it), so that no LAPACK binding of our own is needed.
 *
 * <p>One core takes 0.3 s at d = 1024 and 1.5 s at 2048, then eight times as long for twice the
 * size; memory at its peak is about 48·d² bytes (0.8 GB at 4096). Calls run one at a time and on
 * one intra-op thread: the bits of eigh differ between thread counts.
 */
public final class TorchEigenSolver implements SymmetricEigenSolver, AutoCloseable {
  /** Largest d: DJL hands a matrix over in one buffer of less than 2³¹ bytes. */
  public static final int MAX_DIMENSION = 16_383;

  private static final String RESOURCE = "eigh.pt";

  private final Model model;

  /** Loads the script; starts libtorch if this process has not yet. */
  public TorchEigenSolver() {
    model = Model.newInstance("eigh", Device.cpu(), "PyTorch");
    try (InputStream script = TorchEigenSolver.class.getResourceAsStream(RESOURCE)) {
      model.load(script);
    } catch (IOException e) {
      model.close();
      throw new UncheckedIOException("cannot load the class path resource " + RESOURCE, e);
    } catch (MalformedModelException e) {
      model.close();
      throw new IllegalStateException("libtorch does not take the script " + RESOURCE, e);
    }
  }

  @Override
  public Eigen solve(double[] matrix, int d) {
    require(d, matrix.length);
    return solve(i -> Arrays.copyOfRange(matrix, i * d, (i + 1) * d), d);
  }

  @Override
  public Eigen solve(IntFunction<double[]> rows, int d) {
    require(d, (long) d * d);
    synchronized (TorchEigenSolver.class) {
      int threads = JniUtils.getNumThreads();
      JniUtils.setNumThreads(1);
      try {
        return LibTorch.compute(() -> eigh(rows, d));
      } finally {
        JniUtils.setNumThreads(threads);
      }
    }
  }

  private static void require(int d, long values) {
    if (d < 1 || d > MAX_DIMENSION || values != (long) d * d) {
      throw new IllegalArgumentException(
          "d must be 1 to "
              + MAX_DIMENSION
              + " and the matrix d·d values, were "
              + d
              + " and "
              + values);
    }
  }

  private Eigen eigh(IntFunction<double[]> rows, int d) {
    try (NDManager manager = model.getNDManager().newSubManager();
        Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
      ByteBuffer matrix = manager.allocateDirect(d * d * Double.BYTES);
      DoubleBuffer values = matrix.asDoubleBuffer();
      for (int i = 0; i < d; i++) {
        values.put(rows.apply(i), 0, d);
      }
      NDList in = new NDList(manager.create(matrix, new Shape(d, d), DataType.FLOAT64));
      NDList out = predictor.predict(in);
      out.attach(manager);
      return new Eigen(out.get(0).toDoubleArray(), out.get(1).toDoubleArray());
    } catch (TranslateException e) {
      throw new IllegalStateException(
          "the eigen-decomposition of a " + d + "×" + d + " matrix failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
