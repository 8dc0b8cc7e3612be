package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.RegionStore;
import dev.remap.core.training.head.HeadShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * Region vectors of images, or what else is pooled, on the driver's disk: an epoch reads them
 * several times, and describing takes far longer.
 */
final class RegionCache implements RegionStore, AutoCloseable {
  private final HeadShape shape;
  private final int images;
  private final ScratchFile file;
  private final BitSet there = new BitSet();

  RegionCache(HeadShape shape, int images) {
    this.shape = shape;
    this.images = images;
    this.file = new ScratchFile("remap-regions", imageBytes(shape));
  }

  private static int imageBytes(HeadShape shape) {
    return Math.multiplyExact(shape.length(), Float.BYTES);
  }

  /** What so many images take. */
  static long bytes(HeadShape shape, int images) {
    return (long) images * imageBytes(shape);
  }

  private ByteBuffer one() {
    return ByteBuffer.allocate(imageBytes(shape)).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void write(int image, float[] vectors) {
    ByteBuffer one = one();
    one.asFloatBuffer().put(vectors);
    file.write(image, one);
    synchronized (there) {
      there.set(image);
    }
  }

  /** Whether an image has been described. */
  boolean has(int image) {
    synchronized (there) {
      return there.get(image);
    }
  }

  @Override
  public HeadShape shape() {
    return shape;
  }

  @Override
  public int images() {
    return images;
  }

  @Override
  public void read(int image, float[] out) {
    if (!has(image)) {
      throw new IllegalArgumentException("image " + image + " has no region vectors");
    }
    ByteBuffer one = one();
    file.read(image, one);
    one.asFloatBuffer().get(out);
  }

  @Override
  public void close() {
    file.close();
  }
}
