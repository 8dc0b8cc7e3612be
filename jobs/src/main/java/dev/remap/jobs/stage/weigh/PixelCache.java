package dev.remap.jobs.stage.weigh;

import dev.remap.core.extraction.Scale;
import dev.remap.core.image.RgbImage;
import java.nio.ByteBuffer;

/** Images on the driver's disk, as a network takes them: of one scale, which way they lie. */
final class PixelCache implements AutoCloseable {
  private final Scale scale;
  private final ScratchFile file;

  PixelCache(Scale scale) {
    this.scale = scale;
    this.file = new ScratchFile("remap-pixels", imageBytes(scale));
  }

  /** Pixels, and a number for which way the image lies. */
  private static int imageBytes(Scale scale) {
    return Math.addExact(pixelBytes(scale), Integer.BYTES);
  }

  private static int pixelBytes(Scale scale) {
    return Math.multiplyExact(3, Math.multiplyExact(scale.longSide(), scale.shortSide()));
  }

  /** What so many images take. */
  static long bytes(Scale scale, int images) {
    return (long) images * imageBytes(scale);
  }

  void write(int image, PixelTask.Pixels pixels) {
    ByteBuffer one = ByteBuffer.allocate(imageBytes(scale));
    one.putInt(pixels.isUpright() ? scale.shortSide() : scale.longSide()).put(pixels.values());
    file.write(image, one.flip());
  }

  RgbImage read(int image) {
    ByteBuffer one = ByteBuffer.allocate(imageBytes(scale));
    file.read(image, one);
    int width = one.getInt();
    byte[] values = new byte[one.remaining()];
    one.get(values);
    return new RgbImage(width, values.length / 3 / width, values);
  }

  @Override
  public void close() {
    file.close();
  }
}
