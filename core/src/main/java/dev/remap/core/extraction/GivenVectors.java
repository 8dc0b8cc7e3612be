package dev.remap.core.extraction;

import dev.remap.core.image.ImageException;
import dev.remap.core.whitening.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Descriptors that are given: a source's bytes are float32 values, the lowest byte first. Those
 * that are compared by cosine are brought to length one; others stay as they are. What is no vector
 * of the dimension, is not finite, has no direction where that is compared, or is beyond what an
 * index takes is rejected for good.
 */
record GivenVectors(int dimension, Metric metric) {
  /** A shard takes no larger component, as squares could overflow. */
  private static final float LARGEST = 1e9f;

  /** One outcome for each source, in their order. */
  ExtractionTimes take(Iterator<? extends ImageSource> sources, Consumer<? super Outcome> sink)
      throws InterruptedException {
    long start = System.nanoTime();
    long reading = 0;
    long taking = 0;
    for (int index = 0; sources.hasNext(); index++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while descriptors were taken");
      }
      ImageSource source = sources.next();
      long begin = System.nanoTime();
      Outcome outcome = outcome(index, source);
      long read = System.nanoTime();
      sink.accept(outcome);
      reading += read - begin;
      taking += System.nanoTime() - read;
    }
    long all = System.nanoTime() - start;
    return new ExtractionTimes(all, reading, 0, 0, taking, reading, 0, 0, 0);
  }

  private Outcome outcome(int index, ImageSource source) {
    try {
      return new Described(index, 0, 0, vector(source.read()));
    } catch (IOException e) {
      return new Rejected(index, Rejected.READ, Rejected.Kind.ACCESS, e.getMessage());
    } catch (ImageException e) {
      return new Rejected(index, Rejected.READ, Rejected.Kind.CONTENT, e.getMessage());
    }
  }

  private float[] vector(byte[] bytes) throws ImageException {
    if (bytes.length != Float.BYTES * dimension) {
      throw new ImageException(
          "its vector has %,d components; embeddings.dimension is %,d"
              .formatted(bytes.length / Float.BYTES, dimension));
    }
    FloatBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] vector = new float[dimension];
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      vector[i] = values.get(i);
      squares += (double) vector[i] * vector[i];
    }
    if (!Double.isFinite(squares)) {
      throw new ImageException("its vector has a component that is NaN or infinite");
    }
    return metric == Metric.COSINE ? unit(vector, Math.sqrt(squares)) : bounded(vector);
  }

  private static float[] unit(float[] vector, double length) throws ImageException {
    if (length == 0) {
      throw new ImageException("its vector has zeros only, and so no direction");
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return vector;
  }

  private static float[] bounded(float[] vector) throws ImageException {
    for (float value : vector) {
      if (Math.abs(value) > LARGEST) {
        throw new ImageException(
            "its vector has a component of %s: at most 10⁹ is taken".formatted(value));
      }
    }
    return vector;
  }
}
