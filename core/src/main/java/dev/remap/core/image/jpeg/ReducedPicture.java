package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageShape;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.jpeg.JpegFrame.Component;
import java.util.ArrayList;
import java.util.List;

/**
 * A JPEG of one or three channels at 1/8 of its size, made while its scan is followed; the same
 * pixels as libjpeg's. Channels of colour that have half the samples both ways are reduced to 1/4,
 * which gives them as many as the brightness has.
 */
final class ReducedPicture {
  /** By which each side is divided. */
  static final int REDUCTION = 8;

  private final ImageShape shape;
  private final List<Component> components;
  private final List<JpegPlane> planes = new ArrayList<>();

  /**
   * @param steps of quantisation of each channel, in the order of the codes
   */
  ReducedPicture(JpegFrame frame, List<int[]> steps) {
    this.shape =
        new ImageShape(
            (frame.width() + REDUCTION - 1) / REDUCTION,
            (frame.height() + REDUCTION - 1) / REDUCTION);
    this.components = frame.components();
    for (int i = 0; i < components.size(); i++) {
      planes.add(plane(frame, components.get(i), SequentialCodes.inRows(steps.get(i))));
    }
  }

  /** Whether the sampling factors of a frame are among those that pixels are made of here. */
  static boolean takes(JpegFrame frame) {
    List<Component> components = frame.components();
    Component luma = components.get(0);
    return components.size() == 1
        || (components.size() == 3
            && luma.horizontal() <= 2
            && luma.vertical() <= 2
            && components.stream()
                .skip(1)
                .allMatch(chroma -> chroma.horizontal() == 1 && chroma.vertical() == 1));
  }

  private JpegPlane plane(JpegFrame frame, Component component, int[] steps) {
    if (components.size() == 1) {
      // Its blocks are units, whatever its sampling factors.
      InverseDct dct = new InverseDct1(steps);
      return new JpegPlane(dct, 1, 1, frame.blocksWide(component), frame.blocksHigh(component));
    }
    Component luma = components.get(0);
    boolean quarter = luma.horizontal() == 2 && luma.vertical() == 2;
    boolean twice = quarter && component.horizontal() == 1;
    InverseDct dct = twice ? new InverseDct2(steps) : new InverseDct1(steps);
    return new JpegPlane(
        dct, component.horizontal(), component.vertical(), frame.mcusWide(), frame.mcusHigh());
  }

  /** What the blocks of a channel fill. */
  JpegPlane plane(int channel) {
    return planes.get(channel);
  }

  /** The picture as stored, once all planes are full. */
  RgbImage rgb() {
    byte[] pixels = new byte[Math.multiplyExact(3, shape.width() * shape.height())];
    if (planes.size() == 1) {
      grey(pixels);
    } else {
      colours(pixels);
    }
    return new RgbImage(shape.width(), shape.height(), pixels);
  }

  private void grey(byte[] pixels) {
    JpegPlane plane = planes.get(0);
    int to = 0;
    for (int y = 0; y < shape.height(); y++) {
      int from = y * plane.stride();
      for (int x = 0; x < shape.width(); x++) {
        byte sample = plane.samples()[from + x];
        pixels[to++] = sample;
        pixels[to++] = sample;
        pixels[to++] = sample;
      }
    }
  }

  private void colours(byte[] pixels) {
    JpegPlane luma = planes.get(0);
    ChromaRows blue = chroma(1);
    ChromaRows red = chroma(2);
    for (int y = 0; y < shape.height(); y++) {
      JpegColours.row(
          luma.samples(),
          y * luma.stride(),
          blue.row(y),
          blue.at(y),
          red.row(y),
          red.at(y),
          pixels,
          3 * y * shape.width(),
          shape.width());
    }
  }

  private ChromaRows chroma(int channel) {
    Component luma = components.get(0);
    boolean halfWide = luma.horizontal() == 2 && luma.vertical() == 1;
    boolean halfHigh = luma.horizontal() == 1 && luma.vertical() == 2;
    return new ChromaRows(planes.get(channel), shape, halfWide, halfHigh);
  }
}
