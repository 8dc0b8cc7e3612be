package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.HeadShape;
import dev.remap.core.training.RegionSet;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * Region vectors of images in a file on the driver's disk, in the folder for temporary files, for
 * as long as it is open: an epoch reads them several times, and describing takes far longer.
 */
final class RegionCache implements RegionSet, AutoCloseable {
  private final HeadShape shape;
  private final int images;
  private final Path file;
  private final FileChannel channel;
  private final BitSet there = new BitSet();
  private final ByteBuffer one;

  /**
   * An empty cache.
   *
   * @param most bytes that it may have
   * @throws InputException if it would have more, or there is no room for it
   */
  RegionCache(HeadShape shape, int images, long most) {
    this.shape = shape;
    this.images = images;
    requireRoom(bytes(shape, images), most, images);
    this.one = ByteBuffer.allocateDirect(imageBytes(shape)).order(ByteOrder.LITTLE_ENDIAN);
    Path created = null;
    try {
      created = Files.createTempFile("remap-regions", ".f32");
      this.channel =
          FileChannel.open(
              created,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      this.file = created;
    } catch (IOException e) {
      throw temporary(e);
    }
  }

  private static int imageBytes(HeadShape shape) {
    return Math.multiplyExact(shape.length(), Float.BYTES);
  }

  /** What so many images take. */
  static long bytes(HeadShape shape, int images) {
    return (long) images * imageBytes(shape);
  }

  private static void requireRoom(long bytes, long most, int images) {
    if (bytes > most) {
      throw new InputException(
          "The region vectors of %,d images are %s, more than train.cache (%s): raise that, or look"
              + " at fewer images (weigh.images)",
          images, Console.bytes(bytes), Console.bytes(most));
    }
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (bytes > free) {
        throw new InputException(
            "The region vectors of %,d images are %s, but %s has room for %s: give Java another"
                + " temporary folder (-Djava.io.tmpdir), or look at fewer images (weigh.images)",
            images, Console.bytes(bytes), folder, Console.bytes(free));
      }
    } catch (IOException e) {
      throw temporary(e);
    }
  }

  private static StoreException temporary(IOException e) {
    return StoreException.of("use the temporary folder", System.getProperty("java.io.tmpdir"), e);
  }

  void write(int image, float[] vectors) {
    one.clear();
    one.asFloatBuffer().put(vectors);
    try {
      long at = (long) image * one.capacity();
      while (one.hasRemaining()) {
        channel.write(one, at + one.position());
      }
      there.set(image);
    } catch (IOException e) {
      throw StoreException.of("write", file, e);
    }
  }

  /** Whether an image has been described. */
  boolean has(int image) {
    return there.get(image);
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
    one.clear();
    try {
      long at = (long) image * one.capacity();
      while (one.hasRemaining()) {
        if (channel.read(one, at + one.position()) < 0) {
          throw new IOException("it ends before image " + image);
        }
      }
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
    one.flip().asFloatBuffer().get(out);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw StoreException.of("delete", file, e);
    }
  }
}
