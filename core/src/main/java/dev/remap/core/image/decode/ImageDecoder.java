package dev.remap.core.image.decode;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Mats;
import dev.remap.core.image.Orientation;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.jpeg.JpegHeader;
import dev.remap.core.image.jpeg.JpegScans;
import dev.remap.core.image.jpeg.TurboJpeg;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.opencv.core.Core;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/**
 * Decodes JPEG, PNG and WebP to upright 8-bit RGB.
 *
 * <p>Limits are checked on the header before any pixel exists. An image is decoded if all of its
 * pixels are in the file, whatever else is wrong with it (no end marker, bytes between scans,
 * broken profiles, EXIF, texts or their checksums); one that lacks pixels is refused instead of
 * painted grey. Grey becomes RGB, CMYK (as Adobe writes it, inverted) becomes RGB, 16-bit samples
 * become 8-bit, what is transparent shows white. Colour profiles are not applied. Safe for many
 * threads at once.
 */
public final class ImageDecoder {
  private static final double TO_8_BITS = 1 / 257.0;

  /** Bytes a pixel of four channels of 16 bits, and what tells which of them are zero. */
  private static final int JPEG_COEFFICIENTS = 9;

  /** Bytes a pixel that libwebp has besides its result. */
  private static final int WEBP_WORK = 8;

  private final ImageLimits limits;

  public ImageDecoder(ImageLimits limits) {
    this.limits = limits;
  }

  /**
   * What the file says of itself, found without decoding and held against the limits.
   *
   * @throws ImageException if the format is unknown, the header damaged or a limit exceeded
   */
  public ImageHeader header(byte[] bytes) throws ImageException {
    if (bytes.length > limits.maxBytes()) {
      throw new ImageException(
          "file has " + bytes.length + " bytes, more than the limit of " + limits.maxBytes());
    }
    ImageHeader header =
        switch (ImageFormat.of(bytes)) {
          case JPEG -> ImageHeader.of(JpegHeader.of(bytes));
          case PNG -> PngFile.header(bytes);
          case WEBP -> WebpFile.header(bytes);
        };
    if (header.pixels() > limits.maxPixels()) {
      throw new ImageException(
          String.format(
              "image has %dx%d = %d pixels, more than the limit of %d",
              header.width(), header.height(), header.pixels(), limits.maxPixels()));
    }
    return header;
  }

  /**
   * The upright image.
   *
   * @param atLeast what the caller will shrink the image to, in either orientation. A JPEG is
   *     decoded at 1/2, 1/4 or 1/8 of its size, which is faster, while its long side stays at least
   *     the long side and its short side at least the short side of this shape.
   * @throws ImageException if the content cannot be decoded, in full, within the limits
   * @throws IllegalStateException if OpenCV cannot be loaded
   */
  public RgbImage decode(byte[] bytes, ImageShape atLeast) throws ImageException {
    ImageHeader header = header(bytes);
    return switch (header.format()) {
      case JPEG -> jpeg(bytes, header, reduction(header.shape(), atLeast));
      case PNG -> decoded(PngFile.verifiedPixels(bytes), header, 1);
      case WEBP -> decoded(WebpFile.pixels(bytes), header, 1);
    };
  }

  private static RgbImage jpeg(byte[] bytes, ImageHeader header, int reduction)
      throws ImageException {
    JpegScans.Whole whole = JpegScans.follow(bytes, reduction);
    Optional<RgbImage> stored = whole.pixels();
    if (stored.isEmpty()) {
      stored = TurboJpeg.decode(whole.file(), reduction, header.storedShape());
    }
    return stored.isPresent()
        ? Orientation.apply(header.orientation(), stored.get())
        : decoded(whole.file(), header, reduction);
  }

  private static RgbImage decoded(byte[] bytes, ImageHeader header, int reduction)
      throws ImageException {
    try (Mats mats = new Mats()) {
      return decoded(bytes, header, reduction, mats);
    } catch (CvException e) {
      throw failed(header, e.getMessage());
    }
  }

  /**
   * About the most memory that {@link #decode} takes, in and beside the heap, besides that of the
   * file itself.
   *
   * @throws ImageException if the header cannot be read, or exceeds the limits
   */
  public long memory(byte[] bytes, ImageShape atLeast) throws ImageException {
    ImageHeader header = header(bytes);
    return switch (header.format()) {
      case JPEG -> {
        int reduction = reduction(header.shape(), atLeast);
        // A scan for each channel, or several for all, keep every coefficient until the last one.
        yield header.pixels() * JPEG_COEFFICIENTS
            + stages(header, 3, 1) / ((long) reduction * reduction);
      }
      case PNG -> stages(header, 4, PngFile.bytesOfSample(bytes)) + bytes.length;
      case WEBP -> stages(header, 4, 1) + header.pixels() * WEBP_WORK;
    };
  }

  /** What one decode has at once: as stored, turned, in 8 bits, without alpha, in Java. */
  private static long stages(ImageHeader header, int channels, int sampleBytes) {
    int stored = channels * sampleBytes;
    int turned = header.orientation() == Orientation.UPRIGHT ? 0 : stored;
    int narrowed = sampleBytes == 1 ? 0 : channels;
    int rgb = 3;
    int inJava = rgb + (channels == 4 ? channels : 0);
    return header.pixels() * (stored + turned + narrowed + rgb + inJava);
  }

  private static int reduction(ImageShape shape, ImageShape atLeast) {
    int reduction = 8;
    while (reduction > 1
        && (shape.longSide() / reduction < atLeast.longSide()
            || shape.shortSide() / reduction < atLeast.shortSide())) {
      reduction /= 2;
    }
    return reduction;
  }

  private static RgbImage decoded(byte[] bytes, ImageHeader header, int reduction, Mats mats)
      throws ImageException {
    int flags =
        switch (reduction) {
          case 8 -> Imgcodecs.IMREAD_REDUCED_COLOR_8 | Imgcodecs.IMREAD_IGNORE_ORIENTATION;
          case 4 -> Imgcodecs.IMREAD_REDUCED_COLOR_4 | Imgcodecs.IMREAD_IGNORE_ORIENTATION;
          case 2 -> Imgcodecs.IMREAD_REDUCED_COLOR_2 | Imgcodecs.IMREAD_IGNORE_ORIENTATION;
          // Keeps alpha and 16 bits for the conversions below, and the stored orientation.
          default -> Imgcodecs.IMREAD_UNCHANGED;
        };
    Mat stored = mats.own(Imgcodecs.imdecode(mats.own(new MatOfByte(bytes)), flags));
    if (stored.empty()) {
      throw failed(header, "no pixels");
    }
    if (header.format() == ImageFormat.PNG) {
      whiten(stored, PngFile.transparentGrey(bytes), mats);
    }
    Mat upright = Orientation.apply(header.orientation(), stored, mats);
    int width = (header.width() + reduction - 1) / reduction;
    int height = (header.height() + reduction - 1) / reduction;
    if (upright.cols() != width || upright.rows() != height) {
      throw failed(header, upright.cols() + "x" + upright.rows() + " pixels");
    }
    return rgb(eightBits(upright, mats), mats);
  }

  /** OpenCV makes an alpha channel of a transparent colour or palette, but not of a grey. */
  private static void whiten(Mat stored, OptionalInt transparent, Mats mats) {
    if (transparent.isPresent() && stored.channels() == 1) {
      Mat mask = mats.create();
      Core.compare(stored, new Scalar(transparent.getAsInt()), mask, Core.CMP_EQ);
      stored.setTo(new Scalar(stored.depth() == CvType.CV_8U ? 0xff : 0xffff), mask);
    }
  }

  private static ImageException failed(ImageHeader header, String what) {
    if (what.contains("Insufficient memory")) {
      throw new OutOfMemoryError("OpenCV: " + what);
    }
    return new ImageException(
        String.format(
            Locale.ROOT,
            "%s of %dx%d pixels is damaged: the decoder gave %s",
            header.format(),
            header.width(),
            header.height(),
            what));
  }

  private static Mat eightBits(Mat mat, Mats mats) {
    if (mat.depth() == CvType.CV_8U) {
      return mat;
    }
    Mat bytes = mats.create();
    mat.convertTo(bytes, CvType.CV_8U, TO_8_BITS);
    return bytes;
  }

  private static RgbImage rgb(Mat mat, Mats mats) {
    if (mat.channels() == 3) {
      return mats.rgb(mat);
    }
    if (mat.channels() == 4) {
      return new RgbImage(mat.cols(), mat.rows(), onWhite(Mats.bytes(mat)));
    }
    Mat rgb = mats.create();
    Imgproc.cvtColor(mat, rgb, Imgproc.COLOR_GRAY2RGB);
    return new RgbImage(rgb.cols(), rgb.rows(), Mats.bytes(rgb));
  }

  private static byte[] onWhite(byte[] bgra) {
    byte[] rgb = new byte[bgra.length / 4 * 3];
    for (int from = 0, to = 0; from < bgra.length; from += 4, to += 3) {
      int alpha = Byte.toUnsignedInt(bgra[from + 3]);
      for (int channel = 0; channel < 3; channel++) {
        int colour = Byte.toUnsignedInt(bgra[from + 2 - channel]);
        rgb[to + channel] = (byte) ((colour * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
    return rgb;
  }
}
