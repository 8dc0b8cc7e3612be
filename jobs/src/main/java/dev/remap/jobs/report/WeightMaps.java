package dev.remap.jobs.report;

import dev.remap.core.entropy.RegionLayout;
import dev.remap.core.pooling.RegionWeights;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Region weights over an example image: a drawing for each level of the grid. */
final class WeightMaps {
  /** So much of the picture is covered where the weight is largest. */
  private static final double MOST_COVER = 0.75;

  private WeightMaps() {}

  /**
   * One level's, in units of the picture's pixels.
   *
   * @param uri of the picture below
   */
  record Level(int level, String uri, int width, int height, List<Square> squares) {
    Level {
      squares = List.copyOf(squares);
    }
  }

  /** A region's place, without what it overlaps of the others. */
  record Square(
      String x,
      String y,
      String width,
      String height,
      String cover,
      String cx,
      String cy,
      String weight) {}

  /**
   * The levels of weights, summed over the layers.
   *
   * @param uri of the picture, {@code data:image/jpeg;base64,…}
   */
  static List<Level> over(String uri, RegionWeights weights) {
    BufferedImage picture = picture(uri);
    double[] sums = sums(weights);
    double most = 0;
    for (double sum : sums) {
      most = Math.max(most, sum);
    }
    List<Level> levels = new ArrayList<>();
    for (RegionLayout.Level level : RegionLayout.of(weights).levels()) {
      levels.add(level(level, uri, picture, sums, most));
    }
    return levels;
  }

  private static double[] sums(RegionWeights weights) {
    double[] sums = new double[weights.regions()];
    for (float[] row : weights.perTap()) {
      for (int region = 0; region < sums.length; region++) {
        sums[region] += row[region];
      }
    }
    return sums;
  }

  private static Level level(
      RegionLayout.Level level, String uri, BufferedImage picture, double[] sums, double most) {
    boolean isUpright = picture.getHeight() > picture.getWidth();
    double width = (double) picture.getWidth() / (isUpright ? level.across() : level.along());
    double height = (double) picture.getHeight() / (isUpright ? level.along() : level.across());
    List<Square> squares = new ArrayList<>();
    for (int along = 0; along < level.along(); along++) {
      for (int across = 0; across < level.across(); across++) {
        double weight = sums[level.region(along, across)];
        double x = (isUpright ? across : along) * width;
        double y = (isUpright ? along : across) * height;
        squares.add(
            new Square(
                plain(x),
                plain(y),
                plain(width),
                plain(height),
                String.format(Locale.ROOT, "%.3f", most == 0 ? 0 : MOST_COVER * weight / most),
                plain(x + width / 2),
                plain(y + height / 2),
                String.format(Locale.ROOT, "%.1f", weight)));
      }
    }
    return new Level(level.level(), uri, picture.getWidth(), picture.getHeight(), squares);
  }

  private static String plain(double coordinate) {
    return String.format(Locale.ROOT, "%.1f", coordinate);
  }

  private static BufferedImage picture(String uri) {
    byte[] jpeg = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    try {
      return ImageIO.read(new ByteArrayInputStream(jpeg));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
